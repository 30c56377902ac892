package io.smarketing.lifecycle.yaml;

import java.util.List;
import java.util.stream.Collectors;

/** A document that cannot be used; carries all of its problems, the warnings too. */
public final class RefusedDocument extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    public RefusedDocument(String name, List<Problem> problems) {
        super(problems.stream().map(problem -> name + ": " + problem).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
