// For memmem.
#define _GNU_SOURCE
#include "gram_scan.h"
#include <string.h>

static inline uint8_t fold(uint8_t byte) { return (uint8_t)(byte - 0x41) < 26 ? byte | 0x20 : byte; }

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m128i fold16(__m128i bytes) {
  __m128i letter = _mm_sub_epi8(bytes, _mm_set1_epi8(0x41));
  __m128i upper = _mm_cmpeq_epi8(_mm_min_epu8(letter, _mm_set1_epi8(25)), letter);
  return _mm_or_si128(bytes, _mm_and_si128(upper, _mm_set1_epi8(0x20)));
}

AVX2 static inline __m256i mix(__m256i sums) {
  return _mm256_mullo_epi16(_mm256_xor_si256(sums, _mm256_srli_epi16(sums, 7)), _mm256_set1_epi16(0x2F0B));
}

AVX2 static inline __m256i row(const uint64_t *words) { return _mm256_load_si256((const __m256i *)words); }

/// Places 2 and up are taken sixteen at a time: row numbers are computed in vectors, in words, so that the loop only loads and joins.
AVX2 static void scan_avx2(const struct ropeline_gram_tables *tables, const uint8_t *text, size_t count, uint64_t *out) {
  __m256i b = row(tables->always), c = row(tables->always + 4), p = row(tables->always + 8), q = row(tables->always + 12);
  __m256i t = row(tables->always + 16), u = row(tables->always + 20);
  if (count > 0) {
    const uint64_t *byte = tables->bytes + fold(text[0]) * 8;
    b = _mm256_or_si256(b, row(byte));
    c = _mm256_or_si256(c, row(byte + 4));
  }
  if (count > 1) {
    uint8_t last = fold(text[1]);
    const uint64_t *byte = tables->bytes + last * 8, *pair = tables->pairs + ropeline_pair_row(fold(text[0]), last) * 8;
    b = _mm256_or_si256(b, row(byte));
    c = _mm256_or_si256(c, row(byte + 4));
    p = _mm256_or_si256(p, row(pair));
    q = _mm256_or_si256(q, row(pair + 4));
  }
  _Alignas(32) uint16_t bytes[16], pairs[16], triples[16];
  uint8_t window[18];
  for (size_t index = 2; index < count; index += 16) {
    size_t places = count - index;
    const uint8_t *from = text + index - 2;
    if (places < 16) {
      memcpy(window, from, places + 2);
      from = window;
    } else {
      places = 16;
    }
    __m256i first = _mm256_cvtepu8_epi16(fold16(_mm_loadu_si128((const __m128i *)from)));
    __m256i second = _mm256_cvtepu8_epi16(fold16(_mm_loadu_si128((const __m128i *)(from + 1))));
    __m256i third = _mm256_cvtepu8_epi16(fold16(_mm_loadu_si128((const __m128i *)(from + 2))));
    __m256i pair = _mm256_add_epi16(
      _mm256_mullo_epi16(second, _mm256_set1_epi16(0x3D4D)), _mm256_mullo_epi16(third, _mm256_set1_epi16((short)0x9E35)));
    __m256i triple = _mm256_add_epi16(
      _mm256_add_epi16(_mm256_mullo_epi16(first, _mm256_set1_epi16(0x3D4D)), _mm256_mullo_epi16(second, _mm256_set1_epi16((short)0x9E35))),
      _mm256_mullo_epi16(third, _mm256_set1_epi16(0x6C8F)));
    // The uppermost bits, in words of a double row.
    pair = _mm256_slli_epi16(_mm256_srli_epi16(mix(pair), 5), 3);
    triple = _mm256_slli_epi16(_mm256_srli_epi16(mix(triple), 4), 3);
    _mm256_store_si256((__m256i *)bytes, _mm256_slli_epi16(third, 3));
    _mm256_store_si256((__m256i *)pairs, pair);
    _mm256_store_si256((__m256i *)triples, triple);
#pragma clang loop unroll_count(4)
    for (size_t place = 0; place < places; place++) {
      b = _mm256_or_si256(b, row(tables->bytes + bytes[place]));
      c = _mm256_or_si256(c, row(tables->bytes + bytes[place] + 4));
      p = _mm256_or_si256(p, row(tables->pairs + pairs[place]));
      q = _mm256_or_si256(q, row(tables->pairs + pairs[place] + 4));
      t = _mm256_or_si256(t, row(tables->triples + triples[place]));
      u = _mm256_or_si256(u, row(tables->triples + triples[place] + 4));
    }
  }
  _mm256_storeu_si256((__m256i *)out, _mm256_and_si256(_mm256_and_si256(_mm256_and_si256(b, c), _mm256_and_si256(p, q)), _mm256_and_si256(t, u)));
}
#endif

void ropeline_gram_scan(const struct ropeline_gram_tables *tables, const uint8_t *text, size_t count, uint64_t *out) {
#if defined(__x86_64__)
  // Asked once by the C library; a load and a test each time.
  if (__builtin_cpu_supports("avx2")) {
    scan_avx2(tables, text, count, out);
    return;
  }
#endif
  ropeline_gram_scan_plain(tables, text, count, out);
}

void ropeline_gram_scan_plain(const struct ropeline_gram_tables *tables, const uint8_t *text, size_t count, uint64_t *out) {
  enum { words = 2 * ROPELINE_ROW_WORDS };
  uint64_t rows[3 * words];
  memcpy(rows, tables->always, sizeof rows);
  uint8_t before = 0, last = 0;
  for (size_t index = 0; index < count; index++) {
    uint8_t byte = fold(text[index]);
    const uint64_t *bytes = tables->bytes + (size_t)byte * words;
    for (size_t word = 0; word < words; word++) rows[word] |= bytes[word];
    if (index >= 1) {
      const uint64_t *pairs = tables->pairs + (size_t)ropeline_pair_row(last, byte) * words;
      for (size_t word = 0; word < words; word++) rows[words + word] |= pairs[word];
    }
    if (index >= 2) {
      const uint64_t *triples = tables->triples + (size_t)ropeline_triple_row(before, last, byte) * words;
      for (size_t word = 0; word < words; word++) rows[2 * words + word] |= triples[word];
    }
    before = last;
    last = byte;
  }
  for (size_t word = 0; word < ROPELINE_ROW_WORDS; word++) {
    out[word] = ~(uint64_t)0;
    for (size_t slot = 0; slot < 6; slot++) out[word] &= rows[slot * ROPELINE_ROW_WORDS + word];
  }
}

bool ropeline_contains(const uint8_t *text, size_t count, const uint8_t *needle, size_t needle_count) {
  return memmem(text, count, needle, needle_count) != NULL;
}
