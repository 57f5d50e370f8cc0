#include "gram_scan.h"
#include <string.h>

typedef uint64_t row __attribute__((vector_size(32)));

static inline uint8_t fold(uint8_t byte) { return (uint8_t)(byte - 0x41) < 26 ? byte | 0x20 : byte; }

#define SCAN_BODY                                                                                       \
  const row *bytes = (const row *)tables->bytes, *pairs = (const row *)tables->pairs;                   \
  const row *pairs2 = (const row *)tables->pairs2, *triples = (const row *)tables->triples;             \
  row b0, b1, p0, p1, q0, q1, t0, t1;                                                                   \
  memcpy(&b0, out, 32); memcpy(&b1, out + 4, 32); memcpy(&p0, out + 8, 32); memcpy(&p1, out + 12, 32);  \
  memcpy(&q0, out + 16, 32); memcpy(&q1, out + 20, 32); memcpy(&t0, out + 24, 32); memcpy(&t1, out + 28, 32); \
  uint8_t before = 0, last = 0;                                                                         \
  for (size_t index = 0; index < count; index++) {                                                      \
    uint8_t byte = fold(text[index]);                                                                   \
    b0 |= bytes[byte * 2]; b1 |= bytes[byte * 2 + 1];                                                   \
    if (index >= 1) {                                                                                   \
      uint32_t pair = ropeline_pair_row(last, byte);                                                    \
      p0 |= pairs[pair * 2]; p1 |= pairs[pair * 2 + 1];                                                 \
      q0 |= pairs2[pair * 2]; q1 |= pairs2[pair * 2 + 1];                                               \
      if (index >= 2) {                                                                                 \
        uint32_t triple = ropeline_triple_row(before, last, byte);                                      \
        t0 |= triples[triple * 2]; t1 |= triples[triple * 2 + 1];                                       \
      }                                                                                                 \
    }                                                                                                   \
    before = last; last = byte;                                                                         \
  }                                                                                                     \
  memcpy(out, &b0, 32); memcpy(out + 4, &b1, 32); memcpy(out + 8, &p0, 32); memcpy(out + 12, &p1, 32);  \
  memcpy(out + 16, &q0, 32); memcpy(out + 20, &q1, 32); memcpy(out + 24, &t0, 32); memcpy(out + 28, &t1, 32);

static void scan_base(const struct ropeline_gram_tables *tables, const uint8_t *text, size_t count, uint64_t *out) { SCAN_BODY }

#if defined(__x86_64__)
__attribute__((target("avx2")))
static void scan_avx2(const struct ropeline_gram_tables *tables, const uint8_t *text, size_t count, uint64_t *out) { SCAN_BODY }
#endif

void ropeline_gram_scan(const struct ropeline_gram_tables *tables, const uint8_t *text, size_t count, uint64_t *out) {
#if defined(__x86_64__)
  // Asked once by the C library; a load and a test each time.
  if (__builtin_cpu_supports("avx2")) {
    scan_avx2(tables, text, count, out);
    return;
  }
#endif
  scan_base(tables, text, count, out);
}

void ropeline_gram_scan_plain(const struct ropeline_gram_tables *tables, const uint8_t *text, size_t count, uint64_t *out) {
  for (size_t index = 0; index < count; index++) {
    uint8_t byte = fold(text[index]);
    for (size_t word = 0; word < ROPELINE_ROW_WORDS; word++) {
      out[word] |= tables->bytes[(size_t)byte * ROPELINE_ROW_WORDS + word];
      if (index < 1) continue;
      size_t pair = ropeline_pair_row(fold(text[index - 1]), byte);
      out[8 + word] |= tables->pairs[pair * ROPELINE_ROW_WORDS + word];
      out[16 + word] |= tables->pairs2[pair * ROPELINE_ROW_WORDS + word];
      if (index < 2) continue;
      size_t triple = ropeline_triple_row(fold(text[index - 2]), fold(text[index - 1]), byte);
      out[24 + word] |= tables->triples[triple * ROPELINE_ROW_WORDS + word];
    }
  }
}
