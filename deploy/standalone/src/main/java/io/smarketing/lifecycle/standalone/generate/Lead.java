package io.smarketing.lifecycle.standalone.generate;

/**
 * @param index place in the order of capture
 * @param number as in its leadId; these come in no order
 * @param capture epoch milliseconds
 */
record Lead(int index, int number, long capture, Profile profile, Storyline storyline) {

    /** Which of its storyline's variants it shows. */
    int variant(int variants) {
        return storyline.turn(index) % variants;
    }

    boolean isDisqualified() {
        return storyline == Storyline.NATURAL && profile.isNoBuyer();
    }
}
