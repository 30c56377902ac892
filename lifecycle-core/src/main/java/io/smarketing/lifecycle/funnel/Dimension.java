package io.smarketing.lifecycle.funnel;

import io.smarketing.lifecycle.lead.FoldOrder;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadFold;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What leads are told apart by.
 *
 * @param name {@code all}, {@code source}, {@code campaign}, {@code persona}, {@code owner} or an attribute
 */
public record Dimension(String name) {

    /** Every lead in one row. */
    public static final Dimension ALL = new Dimension("all");

    /** Values by their bytes in UTF-8, the missing one last. */
    public static final Comparator<@Nullable String> BY_VALUE = (a, b) -> {
        if (a == null || b == null) {
            return a == null ? (b == null ? 0 : 1) : -1;
        }
        return FoldOrder.compareUtf8(a, b);
    };

    public static final List<String> BUILT_IN = List.of("all", "source", "campaign", "persona", "owner");

    /** The lead's value; null where it is missing, which is not the word "unknown". */
    public @Nullable String valueOf(LeadFold lead) {
        return switch (name) {
            case "all" -> "all";
            case "owner" -> lead.owner();
            default -> {
                Object value = lead.attribute(name);
                yield value == null || value instanceof LeadEvent.Composite ? null : value.toString();
            }
        };
    }
}
