package dev.belay.controller;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.belay.controller", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule the_door_for_people_speaks_no_sql = noClasses()
            .that()
            .resideInAPackage("..controller.api..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("org.jdbi.v3.core.Jdbi")
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "javax.sql..");

    @ArchTest
    static final ArchRule only_the_door_for_people_knows_http = noClasses()
            .that()
            .resideOutsideOfPackages("..controller.api..", "dev.belay.controller")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.micronaut.http..");

    @ArchTest
    static final ArchRule only_the_link_knows_grpc = noClasses()
            .that()
            .resideOutsideOfPackage("..controller.link..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.grpc..");

    @ArchTest
    static final ArchRule nothing_here_knows_the_runner_or_the_client = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackages("dev.belay.runner..", "dev.belay.cli..");

    @ArchTest
    static final ArchRule features_do_not_go_round_in_circles =
            slices().matching("dev.belay.controller.(*)..").should().beFreeOfCycles();
}
