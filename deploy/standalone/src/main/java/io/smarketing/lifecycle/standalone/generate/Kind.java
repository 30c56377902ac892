package io.smarketing.lifecycle.standalone.generate;

/** The event types a history holds. */
enum Kind {
    CAPTURED("captured"),
    ENRICHED("enriched"),
    ACTIVITY("activity"),
    SCORED("scored"),
    MARKED_MQL("marked-mql"),
    ACCEPTED("accepted"),
    CONTACTED("contacted"),
    REJECTED("rejected"),
    LOST("lost"),
    WON("won"),
    VOIDED("voided");

    private final String label;
    private final String type;

    Kind(String label) {
        this.label = label;
        this.type = "io.smarketing.lead." + label + ".v1";
    }

    String label() {
        return label;
    }

    String type() {
        return type;
    }

    /** A fact the fold reads: neither a verdict nor a void. */
    boolean isFolded() {
        return this != SCORED && this != MARKED_MQL && this != VOIDED;
    }
}
