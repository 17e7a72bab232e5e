/*
 * A PKCS#11 library (v2.40) that passes every call on to a real one, unless a fault is due.
 *
 * Beside it lies its control file, <library>.control, which FaultyLibrary.java makes and changes
 * while this runs: a struct control, mapped by all processes that load this library, and by the one
 * that tests. It names the real library, holds the list of faults, and counts what happened.
 *
 * A call goes through the list from the top. Each fault of its function counts it; each that is due
 * takes effect; the first that is due and has an answer ends the walk.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* CK_ULONG, a handle, a pointer or a CK_BBOOL: all arguments of PKCS#11 functions are one of them,
 * and each takes one register or one stack slot of a Linux machine of 64 bits. */
typedef unsigned long W;
_Static_assert(sizeof(W) == 8 && sizeof(void *) == 8, "Linux on 64 bits only");

/* How a function's arguments are to be read: s session, l slot, k key, w wrapping key,
 * u unwrapping key, o object, O pointer to an object that comes out, . anything else. */
#define FUNCTIONS(X)                      \
  X(C_Initialize, ".")                    \
  X(C_Finalize, ".")                      \
  X(C_GetInfo, ".")                       \
  X(C_GetFunctionList, ".")               \
  X(C_GetSlotList, "...")                 \
  X(C_GetSlotInfo, "l.")                  \
  X(C_GetTokenInfo, "l.")                 \
  X(C_GetMechanismList, "l..")            \
  X(C_GetMechanismInfo, "l..")            \
  X(C_InitToken, "l...")                  \
  X(C_InitPIN, "s..")                     \
  X(C_SetPIN, "s....")                    \
  X(C_OpenSession, "l....")               \
  X(C_CloseSession, "s")                  \
  X(C_CloseAllSessions, "l")              \
  X(C_GetSessionInfo, "s.")               \
  X(C_GetOperationState, "s..")           \
  X(C_SetOperationState, "s..kk")         \
  X(C_Login, "s...")                      \
  X(C_Logout, "s")                        \
  X(C_CreateObject, "s..O")               \
  X(C_CopyObject, "so..O")                \
  X(C_DestroyObject, "so")                \
  X(C_GetObjectSize, "so.")               \
  X(C_GetAttributeValue, "so..")          \
  X(C_SetAttributeValue, "so..")          \
  X(C_FindObjectsInit, "s..")             \
  X(C_FindObjects, "s...")                \
  X(C_FindObjectsFinal, "s")              \
  X(C_EncryptInit, "s.k")                 \
  X(C_Encrypt, "s....")                   \
  X(C_EncryptUpdate, "s....")             \
  X(C_EncryptFinal, "s..")                \
  X(C_DecryptInit, "s.k")                 \
  X(C_Decrypt, "s....")                   \
  X(C_DecryptUpdate, "s....")             \
  X(C_DecryptFinal, "s..")                \
  X(C_DigestInit, "s.")                   \
  X(C_Digest, "s....")                    \
  X(C_DigestUpdate, "s..")                \
  X(C_DigestKey, "sk")                    \
  X(C_DigestFinal, "s..")                 \
  X(C_SignInit, "s.k")                    \
  X(C_Sign, "s....")                      \
  X(C_SignUpdate, "s..")                  \
  X(C_SignFinal, "s..")                   \
  X(C_SignRecoverInit, "s.k")             \
  X(C_SignRecover, "s....")               \
  X(C_VerifyInit, "s.k")                  \
  X(C_Verify, "s....")                    \
  X(C_VerifyUpdate, "s..")                \
  X(C_VerifyFinal, "s..")                 \
  X(C_VerifyRecoverInit, "s.k")           \
  X(C_VerifyRecover, "s....")             \
  X(C_DigestEncryptUpdate, "s....")       \
  X(C_DecryptDigestUpdate, "s....")       \
  X(C_SignEncryptUpdate, "s....")         \
  X(C_DecryptVerifyUpdate, "s....")       \
  X(C_GenerateKey, "s...O")               \
  X(C_GenerateKeyPair, "s.....OO")        \
  X(C_WrapKey, "s.wk..")                  \
  X(C_UnwrapKey, "s.u....O")              \
  X(C_DeriveKey, "s.k..O")                \
  X(C_SeedRandom, "s..")                  \
  X(C_GenerateRandom, "s..")              \
  X(C_GetFunctionStatus, "s")             \
  X(C_CancelFunction, "s")                \
  X(C_WaitForSlotEvent, "...")

enum function {
#define X(name, arguments) F_##name,
  FUNCTIONS(X)
#undef X
  FUNCTION_COUNT
};

static const char *const ARGUMENTS[] = {
#define X(name, arguments) arguments,
    FUNCTIONS(X)
#undef X
};

/* For FaultyLibrary's test: the order of the functions here and there is the same. */
__attribute__((visibility("default"))) const char *const strongroom_faults_functions[] = {
#define X(name, arguments) #name,
    FUNCTIONS(X)
#undef X
    NULL};

enum {
  CKR_OK = 0,
  CKR_GENERAL_ERROR = 0x05,
  CKR_KEY_HANDLE_INVALID = 0x60,
  CKR_OBJECT_HANDLE_INVALID = 0x82,
  CKR_TOKEN_NOT_PRESENT = 0xE0,
  CKR_UNWRAPPING_KEY_HANDLE_INVALID = 0xF0,
  CKR_WRAPPING_KEY_HANDLE_INVALID = 0x113,
  CKF_TOKEN_PRESENT = 1,
  CKF_SERIAL_SESSION = 4,
};

/* --- The control file: all numbers are 64 bits wide; ControlFile.java has the same layout ------- */

#define MAGIC 0x31544C5541465253UL /* "SRFAULT1" */
#define EVERY_FUNCTION 0xFFFFUL
#define TABLES 8
#define FAULTS 32
#define PATH_BYTES 4096

enum effect {
  NOTHING,
  HANG,
  CRASH,
  LOSE_SESSIONS,
  LOG_OUT,
  FINALISE,
  REMOVE_TOKEN,
  RETURN_TOKEN,
  LOSE_OBJECT_HANDLES,
  BREAK_LIBRARY,
};

struct fault {
  uint64_t function; /* an enum function, or EVERY_FUNCTION */
  uint64_t nth;      /* from 1: the first of its calls that it hits */
  uint64_t times;    /* how many calls it hits */
  uint64_t delay_us;
  uint64_t effect;   /* an enum effect */
  uint64_t argument; /* of the effect */
  uint64_t answers;  /* 0 no, 1 instead of the call, 2 after the call */
  uint64_t answer;   /* CKR_* */
  uint64_t seen;
  uint64_t fired;
};

struct control {
  uint64_t magic;
  uint64_t bytes;
  uint64_t active;   /* the table in force; a list is written to the next one, then this is set */
  uint64_t releases; /* calls that hang go on when it changes */
  uint64_t hanging;  /* calls that hang now */
  uint64_t removed;  /* what calls answer while the token is away; 0 while it is there */
  uint64_t slot_shift;
  uint64_t object_epoch;
  uint64_t broken;   /* what calls answer until the library is initialised anew; 0 for good */
  uint64_t calls[FUNCTION_COUNT];
  char real[PATH_BYTES];
  struct {
    uint64_t count;
    struct fault faults[FAULTS];
  } tables[TABLES];
};

static uint64_t get(const uint64_t *field) { return __atomic_load_n(field, __ATOMIC_ACQUIRE); }
static void put(uint64_t *field, uint64_t value) { __atomic_store_n(field, value, __ATOMIC_RELEASE); }
static uint64_t add(uint64_t *field, uint64_t n) { return __atomic_add_fetch(field, n, __ATOMIC_ACQ_REL); }

/* --- Loading ------------------------------------------------------------------------------------- */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct control *control;
static void *real[FUNCTION_COUNT];

/* Calls hold it for reading, effects on the real library for writing: no library is made to survive
 * that its sessions are closed, or that it is finalised, under a call. Writers first: calls that
 * never end would keep them out for good. */
static pthread_rwlock_t in_real = PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;

static void complain(const char *what, const char *file, const char *why) {
  fprintf(stderr, "strongroom faults: %s %s: %s\n", what, file, why);
}

static struct control *map_control(void) {
  char file[PATH_BYTES];
  Dl_info self;
  if (!dladdr((void *)map_control, &self) ||
      snprintf(file, sizeof file, "%s.control", self.dli_fname) >= (int)sizeof file) {
    complain("cannot find", "the control file", "this library does not know its own path");
    return NULL;
  }
  int fd = open(file, O_RDWR | O_CLOEXEC);
  struct stat status;
  if (fd < 0 || fstat(fd, &status) != 0) {
    complain("cannot open the control file", file, strerror(errno));
    if (fd >= 0) close(fd);
    return NULL;
  }
  struct control *mapped = MAP_FAILED;
  if (status.st_size == (off_t)sizeof(struct control))
    mapped = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (mapped == MAP_FAILED || mapped->magic != MAGIC || mapped->bytes != sizeof(struct control) ||
      memchr(mapped->real, 0, PATH_BYTES) == NULL) {
    complain("malformed control file", file, "make it with FaultyLibrary of the same version");
    return NULL;
  }
  return mapped;
}

static void load(void) {
  struct control *mapped = map_control();
  if (!mapped) return;
  void *library = dlopen(mapped->real, RTLD_NOW | RTLD_LOCAL);
  W (*get_list)(void **) = library ? (W(*)(void **))dlsym(library, "C_GetFunctionList") : NULL;
  char *list = NULL;
  if (!get_list) {
    complain("cannot load the real library", mapped->real, dlerror());
  } else if (get_list((void **)&list) != CKR_OK || !list) {
    complain("no function list in", mapped->real, "C_GetFunctionList failed");
  } else {
    memcpy(real, list + sizeof(void *), sizeof real); /* after a CK_VERSION, padded */
    control = mapped;
  }
}

/* --- Calling the real library -------------------------------------------------------------------- */

static W invoke(enum function f, const W *a) {
  void *p = real[f];
  switch (strlen(ARGUMENTS[f])) {
    case 1: return ((W(*)(W))p)(a[0]);
    case 2: return ((W(*)(W, W))p)(a[0], a[1]);
    case 3: return ((W(*)(W, W, W))p)(a[0], a[1], a[2]);
    case 4: return ((W(*)(W, W, W, W))p)(a[0], a[1], a[2], a[3]);
    case 5: return ((W(*)(W, W, W, W, W))p)(a[0], a[1], a[2], a[3], a[4]);
    case 6: return ((W(*)(W, W, W, W, W, W))p)(a[0], a[1], a[2], a[3], a[4], a[5]);
    default: return ((W(*)(W, W, W, W, W, W, W, W))p)(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]);
  }
}

static W invoke1(enum function f, W a) { return invoke(f, (W[]){a}); }

/* --- Faults -------------------------------------------------------------------------------------- */

static void wait_us(uint64_t us) {
  static __thread int exact;
  if (!exact) {
    prctl(PR_SET_TIMERSLACK, 1UL); /* else 50 us late, which shows at 1 ms a call */
    exact = 1;
  }
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  uint64_t ns = (uint64_t)until.tv_nsec + us % 1000000 * 1000;
  until.tv_sec += (time_t)(us / 1000000 + ns / 1000000000);
  until.tv_nsec = (long)(ns % 1000000000);
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
  }
}

static void hang(void) {
  uint64_t releases = get(&control->releases);
  add(&control->hanging, 1);
  while (get(&control->releases) == releases) wait_us(1000);
  add(&control->hanging, (uint64_t)-1);
}

static void on_each_slot(void (*act)(W slot)) {
  W slots[64], count = 64;
  if (invoke(F_C_GetSlotList, (W[]){1, (W)slots, (W)&count}) == CKR_OK)
    for (W i = 0; i < count; i++) act(slots[i]);
}

static void close_sessions(W slot) { invoke1(F_C_CloseAllSessions, slot); }

static void log_out(W slot) {
  W session;
  if (invoke(F_C_OpenSession, (W[]){slot, CKF_SERIAL_SESSION, 0, 0, (W)&session}) == CKR_OK) {
    invoke1(F_C_Logout, session);
    invoke1(F_C_CloseSession, session);
  }
}

static void disturb(const struct fault *fault) {
  if (fault->effect == CRASH) {
    fprintf(stderr, "strongroom faults: the library crashes, as it was told to\n");
    abort();
  }
  pthread_rwlock_wrlock(&in_real);
  switch ((enum effect)fault->effect) {
    case LOSE_SESSIONS: on_each_slot(close_sessions); break;
    case LOG_OUT: on_each_slot(log_out); break;
    case FINALISE: invoke1(F_C_Finalize, 0); break;
    case REMOVE_TOKEN:
      on_each_slot(close_sessions);
      put(&control->removed, fault->argument);
      break;
    case RETURN_TOKEN:
      add(&control->slot_shift, fault->argument);
      put(&control->removed, 0);
      break;
    case LOSE_OBJECT_HANDLES: add(&control->object_epoch, 1); break;
    case BREAK_LIBRARY: put(&control->broken, fault->argument); break;
    case NOTHING: case HANG: case CRASH: break;
  }
  pthread_rwlock_unlock(&in_real);
}

/* What is due for a call; the fault that answers it, or null. */
static const struct fault *judge(enum function f) {
  uint64_t table = get(&control->active) % TABLES;
  uint64_t count = get(&control->tables[table].count);
  for (uint64_t i = 0; i < count && i < FAULTS; i++) {
    struct fault *fault = &control->tables[table].faults[i];
    if (fault->function != EVERY_FUNCTION && fault->function != f) continue;
    uint64_t seen = add(&fault->seen, 1);
    if (seen < fault->nth || seen - fault->nth >= fault->times) continue;
    add(&fault->fired, 1);
    if (fault->delay_us) wait_us(fault->delay_us);
    if (fault->effect == HANG) hang();
    else if (fault->effect != NOTHING) disturb(fault);
    if (fault->answers) return fault;
  }
  return NULL;
}

/* --- What a call sees: slots and objects under numbers that can become invalid -------------------- */

#define EPOCH_SHIFT 48
#define HANDLE_MASK ((1UL << EPOCH_SHIFT) - 1)

static W shown(W handle) { return handle | get(&control->object_epoch) << EPOCH_SHIFT; }

static W stale(char kind) {
  switch (kind) {
    case 'k': return CKR_KEY_HANDLE_INVALID;
    case 'w': return CKR_WRAPPING_KEY_HANDLE_INVALID;
    case 'u': return CKR_UNWRAPPING_KEY_HANDLE_INVALID;
    default: return CKR_OBJECT_HANDLE_INVALID;
  }
}

/* Replaces slots and handles by the real library's. */
static W translate_in(enum function f, W *a) {
  const char *kinds = ARGUMENTS[f];
  for (int i = 0; kinds[i]; i++) {
    if (kinds[i] == 'l') {
      if (get(&control->removed) && f != F_C_GetSlotInfo) return CKR_TOKEN_NOT_PRESENT;
      a[i] -= get(&control->slot_shift);
    } else if (kinds[i] == 's') {
      if (get(&control->removed)) return get(&control->removed);
    } else if (strchr("kwuo", kinds[i]) && a[i] != 0) {
      if (a[i] >> EPOCH_SHIFT != get(&control->object_epoch)) return stale(kinds[i]);
      a[i] &= HANDLE_MASK;
    }
  }
  return CKR_OK;
}

static void translate_out(enum function f, W *a) {
  const char *kinds = ARGUMENTS[f];
  for (int i = 0; kinds[i]; i++)
    if (kinds[i] == 'O' && a[i]) *(W *)a[i] = shown(*(W *)a[i]);
  switch (f) {
    case F_C_FindObjects:
      for (W i = 0; i < *(W *)a[3]; i++) ((W *)a[1])[i] = shown(((W *)a[1])[i]);
      break;
    case F_C_GetSlotList:
      for (W i = 0; a[1] && i < *(W *)a[2]; i++) ((W *)a[1])[i] += get(&control->slot_shift);
      break;
    case F_C_GetSessionInfo: *(W *)a[1] += get(&control->slot_shift); break;
    case F_C_GetSlotInfo: /* two texts of 64 and 32 bytes, then the flags */
      if (get(&control->removed)) *(W *)((char *)a[1] + 96) &= ~(W)CKF_TOKEN_PRESENT;
      break;
    default: break;
  }
}

static W through(enum function f, W *a) {
  uint64_t broken = get(&control->broken);
  if (broken && f != F_C_Initialize && f != F_C_Finalize) return broken;
  if (f == F_C_GetSlotList && (unsigned char)a[0] && get(&control->removed)) {
    *(W *)a[2] = 0;
    return CKR_OK;
  }
  W answer = translate_in(f, a);
  if (answer != CKR_OK) return answer;
  answer = invoke(f, a);
  if (answer == CKR_OK) translate_out(f, a);
  if (answer == CKR_OK && f == F_C_Finalize) put(&control->broken, 0);
  return answer;
}

static struct {
  unsigned char version[sizeof(void *)];
  void *functions[FUNCTION_COUNT];
} list;

static W dispatch(enum function f, W *a) {
  pthread_once(&once, load);
  if (!control) return CKR_GENERAL_ERROR;
  add(&control->calls[f], 1);
  const struct fault *fault = judge(f);
  if (fault && fault->answers == 1) return fault->answer;
  W answer;
  if (f == F_C_GetFunctionList) {
    *(void **)a[0] = &list;
    answer = CKR_OK;
  } else if (f == F_C_WaitForSlotEvent) { /* may block for good, so without the lock */
    answer = through(f, a);
  } else {
    if (f == F_C_Finalize) pthread_rwlock_wrlock(&in_real);
    else pthread_rwlock_rdlock(&in_real);
    answer = through(f, a);
    pthread_rwlock_unlock(&in_real);
  }
  return fault ? fault->answer : answer;
}

/* --- The functions -------------------------------------------------------------------------------- */

/* Registers and stack slots beyond a function's own arguments are read but never passed on. */
#define X(name, arguments)                                                                   \
  __attribute__((visibility("default"))) W name(W a, W b, W c, W d, W e, W f, W g, W h) {    \
    W all[8] = {a, b, c, d, e, f, g, h};                                                     \
    return dispatch(F_##name, all);                                                          \
  }
FUNCTIONS(X)
#undef X

__attribute__((constructor)) static void fill_list(void) {
  list.version[0] = 2;
  list.version[1] = 40;
#define X(name, arguments) list.functions[F_##name] = (void *)name;
  FUNCTIONS(X)
#undef X
}
