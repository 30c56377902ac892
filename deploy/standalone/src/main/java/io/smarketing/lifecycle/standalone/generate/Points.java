package io.smarketing.lifecycle.standalone.generate;

/** The marketing suite's own rule, so that its marks follow what leads do; no policy of the engine's. */
final class Points {

    static final int THRESHOLD = 50;

    private final int fit;
    private int demoRequests;
    private int pricingViews;
    private int emailClicks;
    private int webinars;
    private int pageViews;

    Points(int fit) {
        this.fit = fit;
    }

    void add(Detail.Visited visit) {
        switch (visit.activity()) {
            case Journey.DEMO_REQUEST -> demoRequests += visit.count();
            case Journey.PRICING_VIEW -> pricingViews += visit.count();
            case Journey.EMAIL_CLICK -> emailClicks += visit.count();
            case Journey.WEBINAR -> webinars += visit.count();
            default -> pageViews += visit.count();
        }
    }

    /** A new cycle counts its own visits only. */
    void restart() {
        demoRequests = 0;
        pricingViews = 0;
        emailClicks = 0;
        webinars = 0;
        pageViews = 0;
    }

    int fit() {
        return fit;
    }

    int engagement() {
        return Math.min(30, 30 * demoRequests)
                + Math.min(24, 8 * pricingViews)
                + Math.min(20, 4 * emailClicks)
                + Math.min(24, 12 * webinars)
                + Math.min(10, pageViews);
    }

    int total() {
        return fit + engagement();
    }
}
