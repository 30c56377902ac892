package io.smarketing.lifecycle.standalone.send;

/** The engine has not taken a request for as long as the sender was willing to wait; the message says what it last did. */
public final class GivenUp extends Exception {

    private static final long serialVersionUID = 1L;

    GivenUp(String message) {
        super(message);
    }
}
