package dev.belay.runner.gateway;

/** Who decides what may leave. Today there is nothing that may, so a decision is always a denial. */
@FunctionalInterface
public interface NetworkRule {
    /** Nothing leaves: the rule of a policy that says nothing about the network. */
    NetworkRule NOTHING = target -> new Denial(
            "RESTRICTED network (default)",
            "default",
            "a person allows it by naming " + target.label()
                    + " under network in .belay/policy.yaml and starting the task again");

    Denial judge(Target target);

    /**
     * @param rule the words of the rule
     * @param place where it is written, {@code policy.yaml:14} or {@code default}
     * @param instead how a person allows it
     */
    record Denial(String rule, String place, String instead) {}
}
