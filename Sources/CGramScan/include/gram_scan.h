#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Tables for 256 patterns. A row is 32 bytes: a bit for each pattern that a gram speaks for.
enum {
  ROPELINE_ROW_WORDS = 4,
  ROPELINE_BYTE_ROWS = 256,
  ROPELINE_PAIR_ROWS = 2048,
  ROPELINE_TRIPLE_ROWS = 4096,
  /// Words of a whole bank of tables, in the order of the struct.
  ROPELINE_BANK_WORDS = (6 + 2 * ROPELINE_BYTE_ROWS + 2 * ROPELINE_PAIR_ROWS + 2 * ROPELINE_TRIPLE_ROWS) * ROPELINE_ROW_WORDS,
};

/// Where rows begin; each table is 64-byte aligned, and has two rows a gram, one behind the other: for the first and for the second
/// requirement of its length.
struct ropeline_gram_tables {
  /// What holds always, by slot.
  const uint64_t *always;
  const uint64_t *bytes;
  const uint64_t *pairs;
  const uint64_t *triples;
};

/// Row numbers of grams of folded bytes, in 16-bit arithmetic so that sixteen of them fit into a vector.
static inline uint32_t ropeline_pair_row(uint8_t a, uint8_t b) {
  uint16_t mixed = (uint16_t)(a * 0x3D4Du + b * 0x9E35u);
  return (uint16_t)((uint16_t)(mixed ^ mixed >> 7) * 0x2F0Bu) >> 5;
}
static inline uint32_t ropeline_triple_row(uint8_t a, uint8_t b, uint8_t c) {
  uint16_t mixed = (uint16_t)(a * 0x3D4Du + b * 0x9E35u + c * 0x6C8Fu);
  return (uint16_t)((uint16_t)(mixed ^ mixed >> 7) * 0x2F0Bu) >> 4;
}

/// Joins the rows of every byte, pair and triple of `text` by slot, and gives the patterns that are in all six: `out` has room for a
/// row. Upper case is folded. Uses AVX2 where there is some.
void ropeline_gram_scan(const struct ropeline_gram_tables *tables, const uint8_t *text, size_t count, uint64_t *out);
/// The same, one word at a time; for tests, which hold the two against each other.
void ropeline_gram_scan_plain(const struct ropeline_gram_tables *tables, const uint8_t *text, size_t count, uint64_t *out);

/// Whether `needle` is in `text`, by the C library's linear search.
bool ropeline_contains(const uint8_t *text, size_t count, const uint8_t *needle, size_t needle_count);
