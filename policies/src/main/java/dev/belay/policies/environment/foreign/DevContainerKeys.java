package dev.belay.policies.environment.foreign;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The keys of a dev container that become nothing here, each with why and what to do instead. */
final class DevContainerKeys {
    static final Map<String, Answer> ANSWERS = answers();

    private DevContainerKeys() {}

    private static Map<String, Answer> answers() {
        Map<String, Answer> all = new HashMap<>();
        refused(
                all,
                List.of("image", "build", "dockerFile", "context"),
                "which tools a sandbox has is not said by the project",
                Answer.IMAGE);
        refused(
                all,
                List.of("features", "overrideFeatureInstallOrder"),
                "it installs programs as root, which no sandbox has",
                "put them into the image that BELAY_IMAGE names");
        refused(
                all,
                List.of("dockerComposeFile", "service", "runServices"),
                "a sandbox is alone: nothing is started beside it",
                "start what the project needs in its check or its tests");
        refused(
                all,
                List.of("mounts", "workspaceMount"),
                "a sandbox sees the project and nothing else of a machine",
                "put what is needed into the project, or fetch it in a step");
        refused(
                all,
                List.of("workspaceFolder"),
                "the project is at /workspace in every sandbox",
                "write paths as seen from the project's root");
        refused(
                all,
                List.of("privileged", "capAdd", "securityOpt", "runArgs", "init"),
                "no sandbox has more rights than another, or is started differently",
                "leave it out");
        refused(
                all,
                List.of("initializeCommand"),
                "it would run on the person's own machine",
                "run it yourself before belay run, or write what it makes as a step");
        refused(
                all,
                List.of("postStartCommand", "postAttachCommand"),
                "it is for a container that is started or entered again, and what it starts would end with set-up",
                "write what has to be made once as a step; whoever needs a process starts it");
        refused(
                all,
                List.of("forwardPorts", "appPort", "portsAttributes", "otherPortsAttributes"),
                "nothing of a sandbox can be reached from outside",
                "leave it out");
        refused(
                all,
                List.of("remoteUser", "containerUser", "updateRemoteUserUID"),
                "a sandbox has one user, who is not root",
                "leave it out");
        refused(
                all,
                List.of("userEnvProbe"),
                "no start-up file of a shell is read for variables",
                "write them under `env`");
        refused(
                all,
                List.of("hostRequirements"),
                "how much a sandbox may take is bounded elsewhere",
                "write `limits` in .belay/policy.yaml");
        refused(
                all,
                List.of("secrets"),
                "an environment names no secrets",
                "name them in .belay/policy.yaml with the hosts that they go to: belay secret set NAME");
        notNeeded(all, List.of("name"), "an environment has no name");
        notNeeded(
                all, List.of("$schema", "customizations", "extensions", "settings", "devPort"), "it is for an editor");
        notNeeded(all, List.of("waitFor"), "all of set-up is waited for");
        notNeeded(all, List.of("shutdownAction", "overrideCommand"), "a sandbox begins and ends with its task");
        return Map.copyOf(all);
    }

    private static void refused(Map<String, Answer> all, List<String> keys, String why, String instead) {
        keys.forEach(key -> all.put(key, new Answer.Refused(why, instead)));
    }

    private static void notNeeded(Map<String, Answer> all, List<String> keys, String why) {
        keys.forEach(key -> all.put(key, new Answer.NotNeeded(why)));
    }
}
