/*
 * The floor: what the library itself does, with nothing above it. Loads the module, finds the token
 * and its keys by label, and answers on standard output what it is asked on standard input:
 *
 *   check OPERATION                 -> ok HEX            the result for the known input
 *   run OPERATION THREADS MILLIS    -> ok CALLS NANOS CPU-NANOS
 *
 * Arguments: module, token label, file of the user's PIN. Built with: cc -O2 -pthread floor.c -ldl
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef unsigned long ulong;

/* PKCS#11 v2.40, as far as it is used. */
typedef struct { ulong type; void *value; ulong length; } attribute;
typedef struct { ulong code; void *parameter; ulong length; } mechanism;
typedef struct {
  unsigned char *iv; ulong iv_bytes; ulong iv_bits;
  unsigned char *aad; ulong aad_bytes; ulong tag_bits;
} gcm_parameters;
typedef struct { unsigned char version[2]; void *f[68]; } functions;

#define FLAGS_SESSION 4UL
#define FLAGS_OS_LOCKING 2UL
#define USER 1UL
#define CLASS 0UL
#define LABEL 3UL
#define PRIVATE_KEY 3UL
#define SECRET_KEY 4UL
#define AES_GCM 0x1087UL
#define SHA256_HMAC 0x251UL
#define ECDSA 0x1041UL
#define RSA_PKCS 1UL

enum { INITIALIZE = 0, SLOT_LIST = 4, TOKEN_INFO = 6, OPEN_SESSION = 12, LOGIN = 18, FIND_INIT = 26,
       FIND = 27, FIND_FINAL = 28, ENCRYPT_INIT = 29, ENCRYPT = 30, SIGN_INIT = 42, SIGN = 43 };

enum { MAX_THREADS = 64, MAX_INPUT = 16384, ROOM = MAX_INPUT + 64 };

static functions *p11;
static ulong sessions[MAX_THREADS];
static atomic_int stop;
static pthread_barrier_t barrier;

#define CALL(index, ...) ((ulong (*)())p11->f[index])(__VA_ARGS__)

static void must(const char *what, ulong answer) {
  if (answer != 0) {
    fprintf(stderr, "floor: %s answered 0x%lx\n", what, answer);
    exit(1);
  }
}

/* The operations; the same names, keys and inputs as in Operation.java. */
typedef struct { const char *name; ulong class; ulong mechanism; int input_bytes; ulong key; } operation;

static operation operations[] = {
  { "AES_GCM_1K", SECRET_KEY, AES_GCM, 1024, 0 },
  { "AES_GCM_16K", SECRET_KEY, AES_GCM, 16384, 0 },
  { "HMAC_SHA256", SECRET_KEY, SHA256_HMAC, 256, 0 },
  { "ECDSA_P256", PRIVATE_KEY, ECDSA, 32, 0 },
  { "RSA_2048", PRIVATE_KEY, RSA_PKCS, 51, 0 },
  { "RSA_3072", PRIVATE_KEY, RSA_PKCS, 51, 0 },
};

/* A key may be used by two operations: labels are bench-AES, bench-HMAC, bench-EC, bench-RSA-n. */
static const char *label_of(const operation *op) {
  if (op->mechanism == AES_GCM) return "bench-AES";
  if (op->mechanism == SHA256_HMAC) return "bench-HMAC";
  if (op->mechanism == ECDSA) return "bench-EC";
  return strcmp(op->name, "RSA_2048") == 0 ? "bench-RSA-2048" : "bench-RSA-3072";
}

static ulong find_key(const operation *op) {
  ulong class = op->class, found = 0, count = 0;
  const char *label = label_of(op);
  attribute template[] = { { CLASS, &class, sizeof class }, { LABEL, (void *)label, strlen(label) } };
  must("C_FindObjectsInit", CALL(FIND_INIT, sessions[0], template, 2UL));
  must("C_FindObjects", CALL(FIND, sessions[0], &found, 1UL, &count));
  must("C_FindObjectsFinal", CALL(FIND_FINAL, sessions[0]));
  if (count != 1) {
    fprintf(stderr, "floor: no key %s\n", label);
    exit(1);
  }
  return found;
}

static operation *find_operation(const char *name) {
  for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
    operation *op = &operations[i];
    if (strcmp(op->name, name) == 0) {
      if (op->key == 0) op->key = find_key(op);
      return op;
    }
  }
  fprintf(stderr, "floor: no operation %s\n", name);
  exit(1);
}

static ulong slot_of(const char *label) {
  ulong slots[64], count = 64;
  unsigned char info[256], padded[32];
  memset(padded, ' ', sizeof padded);
  memcpy(padded, label, strlen(label) < sizeof padded ? strlen(label) : sizeof padded);
  must("C_GetSlotList", CALL(SLOT_LIST, (unsigned char)1, slots, &count));
  for (ulong i = 0; i < count; i++) {
    must("C_GetTokenInfo", CALL(TOKEN_INFO, slots[i], info));
    if (memcmp(info, padded, sizeof padded) == 0) return slots[i];
  }
  fprintf(stderr, "floor: no token %s\n", label);
  exit(1);
}

static void open_token(const char *module, const char *label, const char *pin_file) {
  void *library = dlopen(module, RTLD_NOW | RTLD_LOCAL);
  ulong (*list)(functions **) = library ? (ulong (*)(functions **))dlsym(library, "C_GetFunctionList") : NULL;
  if (list == NULL) {
    fprintf(stderr, "floor: cannot load %s\n", module);
    exit(1);
  }
  must("C_GetFunctionList", list(&p11));
  void *arguments[6] = { 0, 0, 0, 0, (void *)FLAGS_OS_LOCKING, 0 };
  must("C_Initialize", CALL(INITIALIZE, arguments));
  ulong slot = slot_of(label);
  for (int i = 0; i < MAX_THREADS; i++)
    must("C_OpenSession", CALL(OPEN_SESSION, slot, FLAGS_SESSION, NULL, NULL, &sessions[i]));
  unsigned char pin[256];
  FILE *file = fopen(pin_file, "r");
  size_t length = file ? fread(pin, 1, sizeof pin, file) : 0;
  if (file) fclose(file);
  while (length > 0 && (pin[length - 1] == '\n' || pin[length - 1] == '\r')) length--;
  must("C_Login", CALL(LOGIN, sessions[0], USER, pin, (ulong)length));
  explicit_bzero(pin, sizeof pin);
}

/* The known input: byte i is i modulo 256; to be signed, SHA-256 of the first 32 of them. */
static void fill(const operation *op, unsigned char *input) {
  static const unsigned char digest_info[19] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48,
    0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20 };
  static const unsigned char digest[32] = {
    0x63, 0x0d, 0xcd, 0x29, 0x66, 0xc4, 0x33, 0x66, 0x91, 0x12, 0x54, 0x48, 0xbb, 0xb2, 0x5b, 0x4f,
    0xf4, 0x12, 0xa4, 0x9c, 0x73, 0x2d, 0xb2, 0xc8, 0xab, 0xc1, 0xb8, 0x58, 0x1b, 0xd7, 0x10, 0xdd };
  if (op->mechanism == RSA_PKCS) {
    memcpy(input, digest_info, sizeof digest_info);
    memcpy(input + sizeof digest_info, digest, sizeof digest);
  } else if (op->mechanism == ECDSA) {
    memcpy(input, digest, sizeof digest);
  } else {
    for (int i = 0; i < op->input_bytes; i++) input[i] = (unsigned char)i;
  }
}

static ulong perform(const operation *op, ulong session, uint64_t count, unsigned char *input, unsigned char *out) {
  ulong length = ROOM;
  if (op->mechanism == AES_GCM) {
    unsigned char iv[12] = { 0 };
    for (int i = 0; i < 8; i++) iv[4 + i] = (unsigned char)(count >> (56 - 8 * i));
    gcm_parameters gcm = { iv, sizeof iv, 8 * sizeof iv, NULL, 0, 128 };
    mechanism m = { AES_GCM, &gcm, sizeof gcm };
    must("C_EncryptInit", CALL(ENCRYPT_INIT, session, &m, op->key));
    must("C_Encrypt", CALL(ENCRYPT, session, input, (ulong)op->input_bytes, out, &length));
  } else {
    mechanism m = { op->mechanism, NULL, 0 };
    must("C_SignInit", CALL(SIGN_INIT, session, &m, op->key));
    must("C_Sign", CALL(SIGN, session, input, (ulong)op->input_bytes, out, &length));
  }
  return length;
}

static uint64_t now(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

typedef struct { pthread_t thread; const operation *op; ulong session; uint64_t first; uint64_t calls; uint64_t begin; uint64_t end; uint64_t cpu; } worker;

static void *work(void *argument) {
  worker *w = argument;
  unsigned char *input = malloc(MAX_INPUT), *out = malloc(ROOM);
  uint64_t calls = 0;
  fill(w->op, input);
  pthread_barrier_wait(&barrier);
  w->cpu = now(CLOCK_THREAD_CPUTIME_ID);
  w->begin = now(CLOCK_MONOTONIC);
  while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
    perform(w->op, w->session, w->first + calls, input, out);
    calls++;
  }
  w->calls = calls;
  w->end = now(CLOCK_MONOTONIC);
  w->cpu = now(CLOCK_THREAD_CPUTIME_ID) - w->cpu;
  free(input);
  free(out);
  return NULL;
}

static void run(const operation *op, int threads, int millis) {
  worker workers[MAX_THREADS];
  atomic_store(&stop, 0);
  pthread_barrier_init(&barrier, NULL, (unsigned)threads + 1);
  for (int i = 0; i < threads; i++) {
    workers[i] = (worker){ .op = op, .session = sessions[i], .first = (uint64_t)i << 40 };
    if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0) {
      fprintf(stderr, "floor: cannot start thread %d\n", i);
      exit(1);
    }
  }
  uint64_t begin = UINT64_MAX, end = 0, calls = 0, cpu = 0;
  pthread_barrier_wait(&barrier);
  usleep((useconds_t)millis * 1000u);
  atomic_store(&stop, 1);
  for (int i = 0; i < threads; i++) {
    pthread_join(workers[i].thread, NULL);
    calls += workers[i].calls;
    cpu += workers[i].cpu;
    if (workers[i].begin < begin) begin = workers[i].begin;
    if (workers[i].end > end) end = workers[i].end;
  }
  pthread_barrier_destroy(&barrier);
  printf("ok %llu %llu %llu\n", (unsigned long long)calls, (unsigned long long)(end - begin), (unsigned long long)cpu);
}

static void check(const operation *op) {
  static unsigned char input[MAX_INPUT], out[ROOM];
  fill(op, input);
  ulong length = perform(op, sessions[0], 0, input, out);
  printf("ok ");
  for (ulong i = 0; i < length; i++) printf("%02x", out[i]);
  printf("\n");
}

int main(int count, char **arguments) {
  char line[128], name[32];
  int threads, millis;
  if (count != 4) {
    fprintf(stderr, "usage: floor MODULE TOKEN PIN-FILE\n");
    return 2;
  }
  open_token(arguments[1], arguments[2], arguments[3]);
  while (fgets(line, sizeof line, stdin)) {
    if (sscanf(line, "check %31s", name) == 1) {
      check(find_operation(name));
    } else if (sscanf(line, "run %31s %d %d", name, &threads, &millis) == 3 && threads > 0 && threads <= MAX_THREADS) {
      run(find_operation(name), threads, millis);
    } else {
      fprintf(stderr, "floor: what is \"%s\"?\n", line);
      return 2;
    }
    fflush(stdout);
  }
  return 0;
}
