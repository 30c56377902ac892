package io.smarketing.lifecycle.standalone.terminal;

/** The user's input cannot be worked on; its message says what, where and how to mend it, and is all that is shown. */
public final class WrongInput extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public WrongInput(String message) {
        super(message);
    }
}
