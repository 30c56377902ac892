package io.smarketing.lifecycle.lead;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a policy makes of one lead.
 *
 * @param judgements those that scored or marked, in the order of judging
 * @param marks what has to be folded for the lead to stand where the policy puts it
 * @param unknowns at the last evaluation: by rule, the attributes that left it undecided
 */
public record Verdicts(List<Judgement> judgements, Marks marks, Map<String, Set<String>> unknowns) {}
