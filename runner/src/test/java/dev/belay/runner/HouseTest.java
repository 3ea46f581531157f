package dev.belay.runner;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass.Predicates;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows of the house: link → task → {agent, hands, snapshot, workspace, sandbox, gateway} → linux. */
@AnalyzeClasses(packages = "dev.belay.runner", importOptions = ImportOption.DoNotIncludeTests.class)
class HouseTest {
    private static final String HOUSE = "dev.belay.runner.";

    @ArchTest
    static final ArchRule packages_form_no_circle =
            slices().matching("dev.belay.runner.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule linux_knows_nothing_of_belay = only("linux", "linux");

    @ArchTest
    static final ArchRule the_agent_knows_hands_and_model_only_through_its_own_interfaces = only("agent", "agent");

    @ArchTest
    static final ArchRule snapshots_know_nothing_of_agents_or_sandboxes =
            only("snapshot", "snapshot", "workspace", "linux", "room");

    @ArchTest
    static final ArchRule workspaces_stand_alone = only("workspace", "workspace", "linux", "room");

    @ArchTest
    static final ArchRule sandboxes_know_neither_tools_nor_tasks = only("sandbox", "sandbox", "linux", "room");

    @ArchTest
    static final ArchRule the_gateway_knows_only_the_sandbox_it_serves =
            only("gateway", "gateway", "secrets", "sandbox", "linux");

    @ArchTest
    static final ArchRule secrets_know_nothing_of_where_they_go = only("secrets", "secrets");

    @ArchTest
    static final ArchRule hands_serve_the_agent_inside_a_sandbox = only("hands", "hands", "agent", "sandbox", "linux");

    @ArchTest
    static final ArchRule ports_are_reached_by_the_hand_alone = only("ports", "ports", "hands");

    @ArchTest
    static final ArchRule models_know_only_the_agent = only("model", "model", "agent");

    @ArchTest
    static final ArchRule a_crowd_is_no_part_of_a_runner = only("crowd", "crowd");

    @ArchTest
    static final ArchRule nothing_but_the_main_class_knows_the_link = noClasses()
            .that()
            .resideOutsideOfPackages(HOUSE + "link..", "dev.belay.runner")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(HOUSE + "link..");

    /** It is big, so it is loaded only when a certificate is made. */
    @ArchTest
    static final ArchRule only_the_issuer_knows_bouncy_castle = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(HOUSE + "gateway.Issuer")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bouncycastle..");

    @ArchTest
    static final ArchRule only_its_engine_knows_dockers_client = noClasses()
            .that()
            .resideOutsideOfPackage(HOUSE + "sandbox.docker..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.github.dockerjava..");

    /** It comes with Docker's client; our own JSON is read and written strictly. */
    @ArchTest
    static final ArchRule nothing_knows_jackson =
            noClasses().should().dependOnClassesThat().resideInAPackage("com.fasterxml.jackson..");

    @ArchTest
    static final ArchRule engines_know_nothing_of_each_other =
            slices().matching(HOUSE + "sandbox.(namespace|docker)..").should().notDependOnEachOther();

    @ArchTest
    static final ArchRule the_controller_is_another_house =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("dev.belay.controller..", "dev.belay.cli..");

    private static ArchRule only(String who, String... mayKnow) {
        String[] allowed = new String[mayKnow.length];
        for (int i = 0; i < mayKnow.length; i++) {
            allowed[i] = HOUSE + mayKnow[i] + "..";
        }
        return classes()
                .that()
                .resideInAPackage(HOUSE + who + "..")
                .should()
                .onlyDependOnClassesThat(Predicates.resideInAnyPackage(allowed)
                        .or(Predicates.resideOutsideOfPackage("dev.belay.runner..")))
                .allowEmptyShould(true);
    }
}
