package io.strongroom.provider;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.security.Provider;

@AnalyzeClasses(
    packages = "io.strongroom.provider",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ProviderArchitectureTest {

  @ArchTest
  static final ArchRule PROVIDER_USES_ONLY_THE_WAIST =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.strongroom.provider..",
              "io.strongroom.hsm",
              "io.strongroom.hsm.token",
              "java..",
              "javax..",
              "org.jspecify.annotations");

  @ArchTest
  static final ArchRule ENGINES_DO_NOT_KNOW_THE_PUBLIC_PACKAGE =
      noClasses()
          .that()
          .resideInAPackage("..provider.spi")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.strongroom.provider");

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("io.strongroom.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule ENGINES_ARE_HIDDEN_AND_FINAL =
      classes()
          .that()
          .haveNameMatching(".*(Cipher|Signature|Mac|Generator|Random|KeyStore)")
          .and()
          .resideInAPackage("..provider.spi")
          .should()
          .bePackagePrivate()
          .andShould(
              com.tngtech.archunit.lang.conditions.ArchConditions.have(
                  com.tngtech.archunit.core.domain.properties.HasModifiers.Predicates.modifier(
                          JavaModifier.FINAL)
                      .or(
                          com.tngtech.archunit.core.domain.properties.HasModifiers.Predicates
                              .modifier(JavaModifier.ABSTRACT))));

  @ArchTest
  static final ArchRule NO_MUTABLE_STATICS =
      com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields()
          .that()
          .areStatic()
          .should()
          .beFinal();

  @ArchTest
  static final ArchRule JCA_EXCEPTIONS_COME_FROM_ONE_CLASS =
      noClasses()
          .that(not(assignableTo(Provider.class)))
          .and()
          .doNotHaveSimpleName("JcaExceptions")
          .and()
          .doNotHaveSimpleName("LogicalKey")
          .should()
          .dependOnClassesThat(assignableTo(io.strongroom.hsm.HsmException.class));
}
