package io.strongroom.integration.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/** What users get wrong, and what the command has to say to it. */
final class WrongInputs {
  private static final String UNKNOWN = "11111111-2222-3333-4444-555555555555";
  private static final String USER =
      " --hsm cluster:{f}/D/cluster.yaml?identity={f}/D/identities/user-app";
  private static final String PARAMS =
      "key import-params --algorithm RSAES_OAEP_SHA_1 --public-key-out {f}/no.pem --token-out {f}/no.token --key ";
  private static final String IMPORT = "key import --key alias/pending ";
  private static final String GOOD = IMPORT + "--token {f}/p.token --material {f}/p32 ";
  private static final String CREATE = "key create --origin hsm --description wrong ";
  private static final String INIT = "cluster init --dir {f}/no --cluster demo ";
  private static final String ENCRYPT = "encrypt --key alias/orders --out {f}/no.enc ";
  private static final String DECRYPT = "decrypt --out {f}/no.dec ";

  private WrongInputs() {}

  /** A wrong command, the exit code that it has to end with, and words of its one line. */
  record Row(int code, String command, String... words) {
    @Override
    public String toString() {
      return code + ": " + command;
    }
  }

  /** Makes what the rows need: files of all kinds, keys, wrapped material. */
  static void prepare(CliCluster cluster) throws Exception {
    Path folder = cluster.folder();
    Files.createDirectory(folder.resolve("folder"));
    Files.createFile(folder.resolve("empty"));
    Files.writeString(folder.resolve("small"), "some text, and no ciphertext");
    Files.writeString(folder.resolve("4097"), "x".repeat(4097));
    Files.writeString(folder.resolve("9000"), "x".repeat(9000));
    Files.writeString(folder.resolve("base64"), "QUJD".repeat(40));
    Cli cli = cluster.cli();
    cli.json("key create --origin hsm --alias alias/orders").document();
    cli.json("key create --origin external --alias alias/other").document();
    cli.json("key create --origin external --alias alias/pending").document();
    cli.json("key create --origin external --spec RSA_2048 --alias alias/rsa").document();
    cli.json(
            "key import-params --key alias/pending --algorithm RSAES_OAEP_SHA_1"
                + " --public-key-out {f}/p.pem --token-out {f}/p.token")
        .document();
    for (int bytes : new int[] {0, 16, 31, 32, 33}) {
      CliCluster.wrap(folder.resolve("p.pem"), bytes, folder.resolve("p" + bytes));
    }
    cli.json("encrypt --key alias/orders --context a=1 --in {f}/small --out {f}/sealed").document();
    byte[] flipped = Files.readAllBytes(folder.resolve("sealed"));
    flipped[flipped.length - 1] ^= 1;
    Files.write(folder.resolve("flipped"), flipped);
    cut(folder.resolve("sealed"), folder.resolve("cut"));
  }

  private static void cut(Path from, Path to) throws IOException {
    byte[] all = Files.readAllBytes(from);
    Files.write(to, Arrays.copyOf(all, all.length / 2));
  }

  static Stream<Row> rows() {
    return Stream.of(usage(), init(), cluster(), opening(), keys(), imports(), data())
        .flatMap(rows -> rows);
  }

  private static Stream<Row> usage() {
    return Stream.of(
        row(2, "bogus", "bogus"),
        row(2, "key", "create, import-params", "key --help"),
        row(2, "key bogus", "bogus"),
        row(2, "key create", "--origin"),
        row(2, "key create --origin cloud", "HSM, EXTERNAL", "cloud"),
        row(2, CREATE + "--spec DES", "AES_256", "DES"),
        row(2, CREATE + "--bogus", "--bogus"),
        row(2, "key describe", "K"),
        row(2, "key describe alias/orders more", "more"),
        row(2, "key import --key alias/pending", "--token and --material"),
        row(2, IMPORT + "--token {f}/p.token", "--token and --material"),
        row(2, GOOD + "--expires tomorrow", "tomorrow", "2027-01-31T00:00:00Z"),
        row(2, "alias create alias/wrong", "--key"),
        row(2, "alias rotate alias/orders", "--to"),
        row(2, "alias rotate alias/orders --to alias/other --token {f}/p.token", "--to"),
        row(2, "alias rotate alias/orders --new --undo", "--new"),
        row(2, ENCRYPT + "--in {f}/small --context a", "\"a\"", "name=value"),
        row(2, ENCRYPT + "--in {f}/small --context =a", "name=value"),
        row(2, ENCRYPT + "--in {f}/small --context a=1 --context a=2", "\"a\" twice"),
        row(2, PARAMS.replace("no.token", "no.pem") + "alias/pending", "same file"),
        row(2, "audit tail -n 0", "at least 1"),
        row(2, "audit tail -n many", "many"),
        row(2, "cluster status --wait -1", "--wait"),
        row(2, "cluster status --hsm pkcs11:token=a", "cluster:PATH"),
        row(2, "demo --operations 1", "at least 100"),
        row(2, "demo --base-port 65534", "65533"),
        row(2, "node serve", "--dir"));
  }

  private static Stream<Row> init() {
    return Stream.of(
        row(2, INIT, "--nodes"),
        row(2, INIT + "--nodes a", "name=value"),
        row(2, INIT + "--nodes a=", "zone"),
        row(2, INIT + "--nodes a=az-a,a=az-b", "\"a\" twice"),
        row(2, INIT + "--nodes A=az-a", "\"A\"", "lower-case"),
        row(2, INIT + "--nodes ../a=az-a", "../a"),
        row(2, INIT + "--nodes identities=az-a", "identities"),
        row(2, INIT + "--nodes a23456789012345678901234567890123=az-a", "32"),
        row(2, INIT.replace("demo", "De/mo") + "--nodes a=az-a", "De/mo"),
        row(2, INIT + "--nodes a=az-a --base-port 0", "65535"),
        row(2, INIT + "--nodes a=az-a,b=az-b --base-port 65535", "65536"),
        row(2, INIT + "--nodes a=az-a --base-port http", "http"),
        row(3, INIT.replace("/no", "/D") + "--nodes a=az-a", "/D is not empty", "new folder"),
        row(7, INIT.replace("/no", "/small") + "--nodes a=az-a", "/small", "no folder"),
        row(7, INIT.replace("/no", "/small/x") + "--nodes a=az-a", "/small/x"),
        row(3, "demo --dir {f}/D", "/D is not empty"),
        row(7, "node serve --dir {f}/none", "none/node.yaml", "no such file"));
  }

  private static Stream<Row> cluster() {
    String backup = "cluster backup {f}/D/a --to {f}/no.backup ";
    String restore = "cluster restore {f}/small --dir {f}/D/a --token pkcs11:token=x ";
    return Stream.of(
        row(2, "cluster sync --hsm pkcs11:token=a", "cluster:PATH"),
        row(2, "cluster sync more", "more"),
        row(2, "cluster leave", "--dir"),
        row(3, "cluster leave --dir {f}/D/b", "node b seems to run", "SIGTERM"),
        row(7, "cluster leave --dir {f}/none", "none/node.yaml"),
        row(7, "cluster leave --dir {f}/D/b --config {f}/none", "/none cannot be read"),
        row(2, "cluster backup --to {f}/no.backup --token x", "give D"),
        row(2, "cluster backup {f}/D/a --token x", "--to"),
        row(2, backup, "--token"),
        row(7, backup.replace("/D/a", "/none") + "--token x", "none/node.yaml"),
        row(7, backup.replace("/no.backup", "/none/x") + "--token x", "no folder"),
        row(7, backup + "--token x --officer-pin {f}/none", "/none cannot be read"),
        row(7, backup + "--token x", "no scheme"),
        row(2, "cluster backup verify {f}/small", "--token"),
        row(7, "cluster backup verify {f}/small --token pkcs11:token=x", "small is no backup"),
        row(7, "cluster backup verify {f}/none --token pkcs11:token=x", "no such file"),
        row(2, restore, "--officer-pin"),
        row(7, restore + "--officer-pin {f}/none", "/none cannot be read"),
        row(3, restore + "--officer-pin {f}/small", "node a seems to run"),
        row(
            2,
            "node init --dir {f}/no --name n --az z --cluster demo --without-domain",
            "--first"));
  }

  private static Stream<Row> opening() {
    return Stream.of(
        row(7, "key list --hsm cluster:{f}/none.yaml", "none.yaml", "no such file"),
        row(7, "key list --hsm cluster:{f}/folder", "folder"),
        row(7, "key list --hsm cluster:{f}/small", "small", "mapping"),
        row(7, "key list --hsm cluster:", "names no file"),
        row(7, "key list --hsm cluster:{f}/D/cluster.yaml?nodes=z", "no node \"z\"", "[a, b, c]"),
        row(7, "key list --hsm cluster:{f}/D/cluster.yaml?identity={f}/x", "x.crt"),
        row(7, "key list --hsm {f}/D/cluster.yaml", "no scheme", "cluster:"),
        row(7, "key list --hsm cloud:x", "\"cloud\"", "pkcs11:"),
        row(7, "hsm check small", "no scheme"),
        row(7, "hsm check pkcs11:token=a", "module-path"),
        row(7, "hsm check pkcs11:token=a?module-path=/x.so&pin-value=1234", "pin-value"),
        row(5, "hsm check pkcs11:token=a?module-path={f}/x.so&pin-source={f}/small", "x.so"),
        row(7, CREATE + "--store cloud:x", "sqlite:"),
        row(7, CREATE + "--store postgres", "sqlite:"),
        row(7, CREATE + "--store postgresql://a:b@db/custody", "must not hold a password"),
        row(5, CREATE + "--store postgresql://a@127.0.0.1:1/custody", "check that the server runs"),
        row(5, CREATE + "--store sqlite:{f}/folder", "/folder could not be opened"),
        row(5, CREATE + "--store sqlite:{f}/small/custody.db", "/small/custody.db"),
        row(5, CREATE + "--store sqlite:{f}/4097", "/4097 could not be opened"));
  }

  private static Stream<Row> keys() {
    return Stream.of(
        row(7, CREATE + "--alias wrong", "\"wrong\"", "alias/"),
        row(7, CREATE + "--alias alias/", "alias/"),
        row(7, CREATE + "--alias alias/wrong!", "alias/wrong!", "letters"),
        row(3, CREATE + "--alias alias/orders", "alias/orders exists"),
        row(3, CREATE.replace("hsm", "external") + "--alias alias/orders", "exists"),
        row(3, CREATE + "--alias alias/wrong" + USER, "user/app may not", "role"),
        row(4, "key describe alias/none", "no alias/none"),
        row(4, "key describe " + UNKNOWN, "no key " + UNKNOWN),
        row(7, "key describe 1234", "\"1234\"", "UUID"),
        row(3, "key disable alias/pending", "PendingImport"),
        row(7, "key schedule-deletion alias/orders --days 3", "7 to 30 days ahead, not 3"),
        row(3, "key delete-material alias/orders", "from the HSM"),
        row(3, "alias create alias/orders --key alias/pending", "exists"),
        row(7, "alias create wrong --key alias/pending", "alias/"),
        row(4, "alias create alias/wrong --key alias/none", "no alias/none"),
        row(4, "alias update alias/none --key alias/orders", "no alias/none"),
        row(4, "alias delete alias/none", "no alias/none"),
        row(4, "alias rotate alias/none --to alias/orders", "no alias/none"),
        row(3, "alias rotate alias/orders --to alias/orders", "already"),
        row(3, "alias rotate alias/orders --to alias/pending", "PendingImport"),
        row(3, "alias rotate alias/pending --new", "create another external key"));
  }

  private static Stream<Row> imports() {
    return Stream.of(
        row(4, PARAMS + "alias/none", "no alias/none"),
        row(3, PARAMS + "alias/orders", "from the HSM", "EXTERNAL"),
        row(3, PARAMS.replace("SHA_1", "SHA_256") + "alias/pending", "RSAES_OAEP_SHA_256", "use "),
        row(7, PARAMS.replace("no.pem", "none/no.pem") + "alias/pending", "no folder"),
        row(7, PARAMS.replace("no.token", "folder") + "alias/pending", "wanted a file"),
        row(7, IMPORT + "--token {f}/none --material {f}/p32", "/none cannot be read", "no such"),
        row(7, IMPORT + "--token {f}/folder --material {f}/p32", "/folder", "wanted a file"),
        row(7, IMPORT + "--token {f}/p.token --material {f}/none", "/none cannot be read"),
        row(7, IMPORT + "--token {f}/empty --material {f}/p32", "no import token"),
        row(7, IMPORT + "--token {f}/small --material {f}/p32", "no import token"),
        row(7, IMPORT + "--token {f}/p.token --material {f}/empty", "has 0 bytes", "exactly 384"),
        row(7, IMPORT + "--token {f}/p.token --material {f}/small", "has 28 bytes", "exactly 384"),
        row(7, IMPORT + "--token {f}/p.token --material {f}/base64", "base64 text", "decode"),
        row(7, IMPORT + "--token {f}/base64 --material {f}/p32", "base64 text", "decoded"),
        row(7, IMPORT + "--token {f}/p.token --material {f}/9000", "longer than 8192 bytes"),
        row(7, GOOD + "--public-key {f}/small", "small holds no RSA or EC public key"),
        row(7, GOOD + "--public-key {f}/p.pem", "AES_256 key has no public key"),
        row(7, GOOD + "--dry-run --expected-kcv 000000", "not 000000 as expected"),
        row(3, PARAMS.replace("no.token", "p.token") + "alias/pending", "p.token exists"),
        row(3, PARAMS.replace("no.pem", "p.pem") + "alias/pending", "p.pem exists"),
        row(3, PARAMS + "alias/rsa", "too long", "use RSA_AES_KEY_WRAP_SHA_256"),
        row(7, IMPORT + "--token {f}/p.token --material {f}/4097", "at most 4096 bytes, not 4097"),
        row(7, IMPORT + "--token {f}/p.token --material {f}/p0", "256 bits"),
        row(7, IMPORT + "--token {f}/p.token --material {f}/p16", "256 bits"),
        row(7, IMPORT + "--token {f}/p.token --material {f}/p31", "256 bits"),
        row(7, IMPORT + "--token {f}/p.token --material {f}/p33", "256 bits"),
        row(7, GOOD + "--expected-kcv 12345", "6 hexadecimal digits, not 5"),
        row(7, GOOD + "--expected-kcv 0x1234", "6 hexadecimal digits"),
        row(7, GOOD + "--expected-kcv 000000", "not 000000 as expected"),
        row(7, GOOD + "--expires 2001-01-01T00:00:00Z", "2001-01-01", "later"),
        row(3, GOOD + USER, "user/app may not"),
        row(7, GOOD.replace("pending", "other"), "this import token is for key"),
        row(3, GOOD.replace("pending", "orders"), "from the HSM"),
        row(4, GOOD.replace("pending", "none"), "no alias/none"));
  }

  private static Stream<Row> data() {
    return Stream.of(
        row(7, ENCRYPT + "--in {f}/none", "/none cannot be read", "no such file"),
        row(7, ENCRYPT + "--in {f}/folder", "/folder cannot be read", "wanted a file"),
        row(7, ENCRYPT + "--in {f}/4097", "4097 bytes", "at most 4096"),
        row(7, ENCRYPT.replace("no.enc", "none/no.enc") + "--in {f}/small", "no folder"),
        row(7, ENCRYPT.replace("no.enc", "folder") + "--in {f}/small", "wanted a file"),
        row(4, ENCRYPT.replace("orders", "none") + "--in {f}/small", "no alias/none"),
        row(3, ENCRYPT.replace("orders", "pending") + "--in {f}/small", "PendingImport"),
        row(7, DECRYPT + "--in {f}/none", "/none cannot be read"),
        row(7, DECRYPT + "--in {f}/folder", "wanted a file"),
        row(7, DECRYPT + "--in {f}/empty", "cut off"),
        row(7, DECRYPT + "--in {f}/small", "ciphertext"),
        row(7, DECRYPT + "--in {f}/4097", "ciphertext"),
        row(7, DECRYPT + "--in {f}/cut --context a=1", "cut off"),
        row(6, DECRYPT + "--in {f}/flipped --context a=1", "context"),
        row(6, DECRYPT + "--in {f}/sealed", "context"),
        row(6, DECRYPT + "--in {f}/sealed --context a=2", "context"),
        row(6, DECRYPT + "--in {f}/sealed --context a=1 --context b=2", "context"),
        row(4, DECRYPT + "--in {f}/sealed --context a=1 --store sqlite:{f}/custody.db2", "no key"));
  }

  private static Row row(int code, String command, String... words) {
    return new Row(code, command.strip(), words);
  }
}
