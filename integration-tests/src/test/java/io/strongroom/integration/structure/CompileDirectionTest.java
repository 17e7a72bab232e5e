package io.strongroom.integration.structure;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** Holds the compile direction: cli → custody, cluster → hsm and provider → the JDK. */
class CompileDirectionTest {
  private static final String WAIST = "io.strongroom.hsm..";
  private static final String PROVIDER = "io.strongroom.provider..";
  private static final String CLUSTER = "io.strongroom.cluster..";
  private static final String CUSTODY = "io.strongroom.custody..";
  private static final String SOFTHSM = "io.strongroom.softhsm..";
  private static final String CLI = "io.strongroom.cli..";

  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.strongroom");

  @Test
  void provider_dependsOnTheJdkOnly() {
    check(
        classes()
            .that()
            .resideInAnyPackage(WAIST, PROVIDER)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                WAIST, PROVIDER, "java..", "javax..", "sun.security..", "org.jspecify.."));
  }

  @Test
  void waist_knowsNothingOfTheProvider() {
    check(
        noClasses()
            .that()
            .resideInAPackage(WAIST)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(PROVIDER));
  }

  @Test
  void jcaProvider_reachesTheDeviceThroughTheWaistOnly() {
    check(
        noClasses()
            .that()
            .resideInAPackage(PROVIDER)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.strongroom.hsm.pkcs11.."));
  }

  @Test
  void binding_isReachedByTheServiceLoaderOnly() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("io.strongroom.hsm.pkcs11..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.strongroom.hsm.pkcs11.."));
  }

  @Test
  void clusterAndCustody_doNotKnowEachOther() {
    check(
        noClasses()
            .that()
            .resideInAPackage(CLUSTER)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(CUSTODY));
    check(
        noClasses()
            .that()
            .resideInAPackage(CUSTODY)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(CLUSTER));
  }

  @Test
  void softHsm_dependsOnNothingOfOurs_andOnlyTheCliUsesIt() {
    check(
        noClasses()
            .that()
            .resideInAPackage(SOFTHSM)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(WAIST, PROVIDER, CLUSTER, CUSTODY, CLI));
    check(
        noClasses()
            .that()
            .resideInAnyPackage(WAIST, PROVIDER, CLUSTER, CUSTODY)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SOFTHSM, CLI));
  }

  @Test
  void hiddenPackages_areUsedByTheirOwnModuleOnly() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(CLUSTER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "io.strongroom.cluster.wire..",
                "io.strongroom.cluster.balance..",
                "io.strongroom.cluster.sync.."));
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(CUSTODY)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.strongroom.custody.store.."));
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(PROVIDER)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.strongroom.provider.spi.."));
  }

  @Test
  void packages_haveNoCycles() {
    check(slices().matching("io.strongroom.(*)..").should().beFreeOfCycles());
    check(slices().matching("io.strongroom.cluster.(*)..").should().beFreeOfCycles());
    check(slices().matching("io.strongroom.custody.(*)..").should().beFreeOfCycles());
  }

  private void check(ArchRule rule) {
    rule.allowEmptyShould(false).check(OURS);
  }
}
