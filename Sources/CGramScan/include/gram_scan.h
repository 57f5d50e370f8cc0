#pragma once
#include <stddef.h>
#include <stdint.h>

/// Tables for 256 patterns. A row is 32 bytes: a bit for each pattern that a gram speaks for.
enum {
  ROPELINE_ROW_WORDS = 4,
  ROPELINE_BYTE_ROWS = 256,
  ROPELINE_PAIR_ROWS = 2048,
  ROPELINE_TRIPLE_ROWS = 4096,
  /// Words of a whole bank of tables, in the order of the struct.
  ROPELINE_BANK_WORDS = (4 + ROPELINE_BYTE_ROWS + 2 * ROPELINE_PAIR_ROWS + ROPELINE_TRIPLE_ROWS) * ROPELINE_ROW_WORDS,
};

/// Where rows begin; each table is 32-byte aligned.
struct ropeline_gram_tables {
  /// What holds always, by slot: bytes, pairs, pairs2, triples.
  const uint64_t *always;
  const uint64_t *bytes;
  /// For each pair two rows, one behind the other: for `pairs` and for `pairs2`.
  const uint64_t *pairs;
  const uint64_t *triples;
};

/// Row numbers of grams of folded bytes. Products may overflow 16 bits: the low ones count.
static inline uint32_t ropeline_pair_row(uint8_t a, uint8_t b) { return ((uint32_t)a * 41u ^ (uint32_t)b * 7u) & (ROPELINE_PAIR_ROWS - 1); }
static inline uint32_t ropeline_triple_row(uint8_t a, uint8_t b, uint8_t c) {
  return ((uint32_t)a * 1009u ^ (uint32_t)b * 67u ^ (uint32_t)c * 5u) & (ROPELINE_TRIPLE_ROWS - 1);
}

/// Joins the rows of every byte, pair and triple of `text` by slot, and gives the patterns that are in all four: `out` has room for a
/// row. Upper case is folded. Uses AVX2 where there is some.
void ropeline_gram_scan(const struct ropeline_gram_tables *tables, const uint8_t *text, size_t count, uint64_t *out);
/// The same, one word at a time; for tests, which hold the two against each other.
void ropeline_gram_scan_plain(const struct ropeline_gram_tables *tables, const uint8_t *text, size_t count, uint64_t *out);
