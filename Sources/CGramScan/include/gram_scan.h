#pragma once
#include <stddef.h>
#include <stdint.h>

/// Tables for 512 patterns. A row is 64 bytes: a bit for each pattern that a gram speaks for.
enum {
  ROPELINE_ROW_WORDS = 8,
  ROPELINE_BYTE_ROWS = 256,
  ROPELINE_PAIR_ROWS = 2048,
  ROPELINE_TRIPLE_ROWS = 4096,
};

/// Where rows begin; each table is 64-byte aligned.
struct ropeline_gram_tables {
  const uint64_t *bytes;
  const uint64_t *pairs;
  const uint64_t *pairs2;
  const uint64_t *triples;
};

/// Row numbers of grams of folded bytes.
static inline uint32_t ropeline_pair_row(uint8_t a, uint8_t b) { return ((uint32_t)a * 41u ^ (uint32_t)b * 7u) & (ROPELINE_PAIR_ROWS - 1); }
static inline uint32_t ropeline_triple_row(uint8_t a, uint8_t b, uint8_t c) {
  return ((uint32_t)a * 1009u ^ (uint32_t)b * 67u ^ (uint32_t)c * 5u) & (ROPELINE_TRIPLE_ROWS - 1);
}

/// Joins the rows of every byte, pair and triple of `text`, by slot: out[0..8) bytes, [8..16) pairs, [16..24) pairs2, [24..32) triples.
/// Upper case is folded. `out` is added to, so that it must start as the rows that hold always. Uses AVX2 where there is some.
void ropeline_gram_scan(const struct ropeline_gram_tables *tables, const uint8_t *text, size_t count, uint64_t *out);
/// The same, one word at a time; for tests, which hold the two against each other.
void ropeline_gram_scan_plain(const struct ropeline_gram_tables *tables, const uint8_t *text, size_t count, uint64_t *out);
