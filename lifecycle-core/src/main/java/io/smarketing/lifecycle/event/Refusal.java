package io.smarketing.lifecycle.event;

/** Why an event is not taken: a stable code, the field, what is wrong, and how to mend it. */
public final class Refusal extends Exception {

    private static final long serialVersionUID = 1L;

    private final String code;
    private final String field;
    private final String mend;

    public Refusal(String code, String field, String message, String mend) {
        // A refusal is an answer, not a fault: it needs no stack trace.
        super(message, null, false, false);
        this.code = code;
        this.field = field;
        this.mend = mend;
    }

    /** Stable and short, as {@code missing-time}. */
    public String code() {
        return code;
    }

    /** The path of the field at fault, as {@code data.count}; empty when it is the whole event. */
    public String field() {
        return field;
    }

    public String message() {
        return String.valueOf(getMessage());
    }

    public String mend() {
        return mend;
    }
}
