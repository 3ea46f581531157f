package dev.belay.controller;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The arrows of README.md, read from there. */
@AnalyzeClasses(packages = "dev.belay.controller", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String BASE = "dev.belay.controller";

    /** A row of the table: {@code | `exec` | what it is | `dispatch` `events` |}. */
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z]+)` \\|[^|\\n]+\\|([^|\\n]*)\\|$");

    private static final Pattern NAME = Pattern.compile("`([a-z]+)`");

    @ArchTest
    static void the_arrows_between_packages_are_those_of_the_readme(JavaClasses controller) throws IOException {
        Map<String, List<String>> written = ROW.matcher(Files.readString(Path.of("README.md")))
                .results()
                .collect(Collectors.toMap(row -> row.group(1), ArchitectureTest::names, (a, b) -> b, TreeMap::new));

        Map<String, TreeSet<String>> real = new TreeMap<>();
        for (JavaClass one : controller) {
            String from = feature(one);
            if (from.isEmpty()) {
                continue;
            }
            TreeSet<String> known = real.computeIfAbsent(from, any -> new TreeSet<>());
            one.getDirectDependenciesFromSelf().stream()
                    .map(arrow -> feature(arrow.getTargetClass().getBaseComponentType()))
                    .filter(to -> !to.isEmpty() && !to.equals(from))
                    .forEach(known::add);
        }

        assertThat(real).hasSizeGreaterThan(10);
        assertThat(written).hasToString(real.toString());
    }

    private static List<String> names(MatchResult row) {
        return NAME.matcher(row.group(2))
                .results()
                .map(name -> name.group(1))
                .sorted()
                .toList();
    }

    /** The package below the controller's own; empty for what is in that itself, or elsewhere. */
    private static String feature(JavaClass one) {
        String name = one.getPackageName();
        return name.startsWith(BASE + ".") ? name.substring(BASE.length() + 1) : "";
    }

    @ArchTest
    static final ArchRule features_do_not_go_round_in_circles =
            slices().matching("dev.belay.controller.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule nothing_here_knows_the_runner_or_the_client = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackages("dev.belay.runner..", "dev.belay.cli..");

    @ArchTest
    static final ArchRule features_know_of_the_controller_itself_its_settings_alone = noClasses()
            .that()
            .resideInAPackage("dev.belay.controller.*..")
            .should()
            .dependOnClassesThat()
            .haveNameMatching("dev\\.belay\\.controller\\.(Controller|Parts|RunningController).*");

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
    static final ArchRule only_packs_know_git = noClasses()
            .that()
            .resideOutsideOfPackage("..controller.packs..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.eclipse.jgit..");
}
