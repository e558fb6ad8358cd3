#include "gemm.h"

#include <algorithm>
#include <utility>

#include "parallel.h"

#define LAB_BODY "gemm.inc"
#include "variants.h"

namespace paretoscope::kernels {
namespace {

// Terms summed in one go, and places of one table.
constexpr int64_t kMostTerms = 512;
constexpr int64_t kTablePlaces = 96;
constexpr int64_t kSumPlaces = 128;
// Tables of places that are added up in float32.
constexpr int64_t kMostTables = 16;
constexpr int64_t kPackedTerms = 512;
// Blocks that are worth the while of several threads.
constexpr int64_t kEnoughBlocks = 16;
constexpr int64_t kMostPartialFloats = 4 << 20;

const ProductKernels& Kernels() {
  static const ProductKernels& kernels = LAB_PICK(kProducts);
  return kernels;
}

int64_t CeilDivide(int64_t a, int64_t b) { return (a + b - 1) / b; }

// Columns cut into panels of about equal numbers of vectors.
struct Panels {
  int64_t columns;
  int64_t vectors;
  int64_t count;

  explicit Panels(int64_t columnCount) : columns(columnCount) {
    vectors = CeilDivide(columns, Kernels().lanes);
    count = CeilDivide(vectors, Kernels().mostVectors);
  }
  int64_t firstVector(int64_t panel) const { return vectors * panel / count; }
  int64_t vectorsOf(int64_t panel) const { return firstVector(panel + 1) - firstVector(panel); }
  int64_t firstColumn(int64_t panel) const { return firstVector(panel) * Kernels().lanes; }
  int64_t widthOf(int64_t panel) const { return vectorsOf(panel) * Kernels().lanes; }
  // Without those that only fill up the last vector.
  int64_t columnsOf(int64_t panel) const { return std::min(widthOf(panel), columns - firstColumn(panel)); }
  int64_t paddedColumns() const { return vectors * Kernels().lanes; }
};

// Terms begin..end - 1 of a block -> [terms, width], zeros after `count` columns.
void PackTerms(const float* from, const Columns& c, int64_t begin, int64_t end, int64_t count, int64_t width,
               float* to) {
  if (c.columnStep == 1) {
    for (int64_t k = begin; k < end; k++, to += width) {
      std::copy_n(from + k * c.rowStep, count, to);
      std::fill(to + count, to + width, 0.0f);
    }
    return;
  }
  const int64_t lanes = Kernels().lanes;
  if (c.rowStep == 1) {
    for (int64_t j = 0; j < width; j += lanes) {
      Kernels().transpose(from + j * c.columnStep + begin, c.columnStep, std::min(lanes, count - j), end - begin,
                          to + j, width);
    }
    return;
  }
  for (int64_t k = begin; k < end; k++, to += width) {
    for (int64_t j = 0; j < width; j++) to[j] = j < count ? from[k * c.rowStep + j * c.columnStep] : 0.0f;
  }
}

// All panels, one after the other.
class PackedColumns {
 public:
  // With `scratch` in its room and in this thread alone.
  PackedColumns(const Columns& columns, const Panels& panels, bool isDirect, Scratch* scratch = nullptr)
      : panels_(panels) {
    const int64_t blocks = static_cast<int64_t>(columns.blocks.size());
    terms_ = blocks * columns.depth;
    if (isDirect) {
      direct_ = columns.blocks[0];
      directStep_ = columns.rowStep;
    }
    const int64_t size = terms_ * (isDirect ? lastWidth() : panels.paddedColumns());
    if (!scratch) kept_.reset(new float[size]);
    values_ = scratch ? scratch->Get(size) : kept_.get();
    const int64_t firstPanel = isDirect ? panels.count - 1 : 0;
    if (isDirect && isWhole(firstPanel)) return;
    const int64_t parts = CeilDivide(columns.depth, kPackedTerms);
    auto pack = [&](int64_t i) {
      const int64_t panel = firstPanel + i / parts / blocks, block = i / parts % blocks, width = panels.widthOf(panel);
      const int64_t begin = i % parts * kPackedTerms, end = std::min(begin + kPackedTerms, columns.depth);
      float* to = own(panel) + (block * columns.depth + begin) * width;
      const float* from = columns.blocks[block] + panels.firstColumn(panel) * columns.columnStep;
      PackTerms(from, columns, begin, end, panels.columnsOf(panel), width, to);
    };
    const int64_t count = (panels.count - firstPanel) * blocks * parts;
    if (!scratch) {
      ParallelBlocks(count, std::move(pack));
    } else {
      for (int64_t i = 0; i < count; i++) pack(i);
    }
  }

  const float* panel(int64_t panel, int64_t term) const {
    if (isDirectly(panel)) return direct_ + panels_.firstColumn(panel) + term * directStep_;
    return own(panel) + term * panels_.widthOf(panel);
  }
  int64_t step(int64_t panel) const { return isDirectly(panel) ? directStep_ : panels_.widthOf(panel); }

 private:
  bool isWhole(int64_t panel) const { return panels_.columnsOf(panel) == panels_.widthOf(panel); }
  bool isDirectly(int64_t panel) const { return direct_ && isWhole(panel); }
  int64_t lastWidth() const { return panels_.widthOf(panels_.count - 1); }
  float* own(int64_t panel) const { return values_ + (direct_ ? 0 : panels_.firstColumn(panel) * terms_); }

  Panels panels_;
  int64_t terms_;
  // The columns themselves, where no copy pays.
  const float* direct_ = nullptr;
  int64_t directStep_ = 0;
  float* values_;
  std::unique_ptr<float[]> kept_;
};

// A copy of the columns pays when it is read often.
bool IsReadRarely(const Columns& columns, int64_t rows) {
  return columns.columnStep == 1 && columns.blocks.size() == 1 && rows < 48;
}

// Pieces that are summed in one go.
struct Chunk {
  std::vector<Piece> pieces;
  int64_t firstTerm = 0;
  int64_t terms = 0;
};

std::vector<Chunk> CutChunks(const Places& places) {
  std::vector<Chunk> chunks(1);
  const int64_t parts = std::max<int64_t>(1, CeilDivide(places.length, kMostTerms));
  for (int64_t segment = 0; segment < places.segments; segment++) {
    for (int64_t part = 0; part < parts; part++) {
      const int64_t begin = places.length * part / parts, end = places.length * (part + 1) / parts;
      if (chunks.back().terms > 0 && chunks.back().terms + end - begin > kMostTerms) {
        chunks.emplace_back();
        chunks.back().firstTerm = segment * places.length + begin;
      }
      chunks.back().pieces.push_back({segment, begin, end - begin});
      chunks.back().terms += end - begin;
    }
  }
  return chunks;
}

PlaceTable& TableFor(int64_t count, int64_t segments) {
  thread_local PlaceTable table;
  table.count = count;
  table.rows.resize(std::max<size_t>(table.rows.size(), count * segments));
  table.to.resize(std::max<size_t>(table.to.size(), count));
  return table;
}

// One panel for the places of a table.
void MultiplyPanel(const PlaceTable& table, const std::vector<Chunk>& chunks, const Panels& panels,
                   const PackedColumns& packed, int64_t panel) {
  const int64_t vectors = panels.vectorsOf(panel);
  const int64_t tiles = CeilDivide(table.count, Kernels().mostRows[vectors]);
  RowTile tile = {};
  tile.rowStep = table.count;
  tile.panelStep = packed.step(panel);
  tile.column = panels.firstColumn(panel);
  tile.width = panels.columnsOf(panel);
  for (const Chunk& chunk : chunks) {
    tile.pieces = chunk.pieces.data();
    tile.pieceCount = static_cast<int64_t>(chunk.pieces.size());
    tile.panel = packed.panel(panel, chunk.firstTerm);
    tile.isFirst = &chunk == &chunks.front();
    for (int64_t i = 0; i < tiles; i++) {
      const int64_t first = table.count * i / tiles, end = table.count * (i + 1) / tiles;
      tile.rows = table.rows.data() + first;
      tile.to = table.to.data() + first;
      Kernels().multiplyRows(tile, end - first, vectors);
    }
  }
}

// Sums of some values of one segment over some places.
struct SegmentSum {
  int64_t segment;
  int64_t begin;
  int64_t end;
  int64_t firstPlace;
  int64_t endPlace;
  // Of value `begin`; `toStep` floats lie between two values.
  float* to;
  int64_t toStep;

  void Run(const Places& places, const Panels& panels, const PackedColumns& packed) const {
    for (int64_t place = firstPlace; place < endPlace; place += kSumPlaces) {
      const int64_t last = std::min(place + kSumPlaces, endPlace);
      PlaceTable& table = TableFor(last - place, 1);
      places.Fill(place, last, segment, segment + 1, table);
      for (int64_t panel = 0; panel < panels.count; panel++) {
        PlaceTile tile = {};
        tile.rows = table.rows.data();
        tile.count = last - place;
        tile.panel = packed.panel(panel, place);
        tile.panelStep = packed.step(panel);
        tile.toStep = toStep;
        tile.width = panels.columnsOf(panel);
        tile.isFirst = place == firstPlace;
        const int64_t vectors = panels.vectorsOf(panel), tiles = CeilDivide(end - begin, Kernels().mostRows[vectors]);
        for (int64_t i = 0; i < tiles; i++) {
          const int64_t first = (end - begin) * i / tiles, stop = (end - begin) * (i + 1) / tiles;
          tile.offset = begin + first;
          tile.to = to + first * toStep + panels.firstColumn(panel);
          Kernels().sumPlaces(tile, stop - first, vectors);
        }
      }
    }
  }
};

}  // namespace

void MultiplyRows(const Places& places, const Columns& columns) {
  if (places.count == 0 || columns.count == 0) return;
  const Panels panels(columns.count);
  const PackedColumns packed(columns, panels, IsReadRarely(columns, places.count));
  const std::vector<Chunk> chunks = CutChunks(places);
  const int64_t size = std::clamp<int64_t>(places.count / kEnoughBlocks / 24 * 24, 24, kTablePlaces);
  const int64_t tables = CeilDivide(places.count, size);
  const int64_t groups = std::min(panels.count, CeilDivide(kEnoughBlocks, tables));
  ParallelBlocks(tables * groups, [&](int64_t block) {
    const int64_t begin = block / groups * size, group = block % groups;
    const int64_t end = std::min(begin + size, places.count);
    PlaceTable& table = TableFor(end - begin, places.segments);
    places.Fill(begin, end, 0, places.segments, table);
    for (int64_t panel = panels.count * group / groups; panel < panels.count * (group + 1) / groups; panel++) {
      MultiplyPanel(table, chunks, panels, packed, panel);
    }
  });
}

void SumOverPlaces(const Places& places, const Columns& columns, float* to) {
  const int64_t terms = places.terms(), length = places.length;
  if (terms == 0 || columns.count == 0) return;
  if (places.count == 0) {
    std::fill_n(to, terms * columns.count, 0.0f);
    return;
  }
  const Panels panels(columns.count);
  // Several panels would be read with long strides.
  const PackedColumns packed(columns, panels, columns.columnStep == 1 && panels.count == 1);
  const int64_t tables = CeilDivide(places.count, kSumPlaces);
  // As few sums as float32 bears and threads need, and as memory allows.
  const int64_t mostParts = CeilDivide(length, 12);
  const int64_t needed =
      std::max(CeilDivide(tables, kMostTables),
               std::min(CeilDivide(tables, 4), CeilDivide(kEnoughBlocks, places.segments * mostParts)));
  const int64_t most = std::max<int64_t>(1, kMostPartialFloats / (terms * panels.paddedColumns()));
  const int64_t size = CeilDivide(tables, std::min(needed, most));
  const Blocks sums = {places.count, size * kSumPlaces, CeilDivide(tables, size)};
  const int64_t parts = std::clamp<int64_t>(CeilDivide(kEnoughBlocks, sums.blocks * places.segments), 1, mostParts);
  const bool isWhole = sums.blocks == 1;
  const int64_t width = isWhole ? columns.count : panels.paddedColumns();
  std::unique_ptr<float[]> partial(isWhole ? nullptr : new float[sums.blocks * terms * width]);
  ParallelBlocks(sums.blocks * places.segments * parts, [&](int64_t block) {
    const int64_t part = block % parts, segment = block / parts % places.segments;
    const int64_t sum = block / parts / places.segments;
    const int64_t begin = length * part / parts, end = length * (part + 1) / parts;
    float* own = (isWhole ? to : partial.get() + sum * terms * width) + (segment * length + begin) * width;
    SegmentSum{segment, begin, end, sums.begin(sum), sums.end(sum), own, width}.Run(places, panels, packed);
  });
  if (isWhole) return;
  const Blocks rows = CutBlocks(terms, columns.count * sums.blocks, kBlockWork, 64);
  ParallelBlocks(rows.blocks, [&](int64_t block) {
    for (int64_t row = rows.begin(block); row < rows.end(block); row++) {
      Kernels().sumPartial(partial.get() + row * width, terms * width, sums.blocks, to + row * columns.count,
                           columns.count);
    }
  });
}

void MultiplyRowsAlone(const Places& places, const Columns& columns, int64_t begin, int64_t end) {
  thread_local Scratch scratch;
  const Panels panels(columns.count);
  const PackedColumns packed(columns, panels, IsReadRarely(columns, end - begin), &scratch);
  const std::vector<Chunk> chunks = CutChunks(places);
  for (int64_t first = begin; first < end; first += kTablePlaces) {
    const int64_t last = std::min(first + kTablePlaces, end);
    PlaceTable& table = TableFor(last - first, places.segments);
    places.Fill(first, last, 0, places.segments, table);
    for (int64_t panel = 0; panel < panels.count; panel++) MultiplyPanel(table, chunks, panels, packed, panel);
  }
}

void SumPlacesAlone(const Places& places, const Columns& columns, int64_t begin, int64_t end, float* to) {
  thread_local Scratch scratch;
  const Panels panels(columns.count);
  const PackedColumns packed(columns, panels, IsReadRarely(columns, end - begin), &scratch);
  SegmentSum{0, begin, end, 0, places.count, to, columns.count}.Run(places, panels, packed);
}

}  // namespace paretoscope::kernels
