// Products of matrices whose left rows may lie anywhere: dense products and, without copies of the map, convolutions.
#ifndef PARETOSCOPE_KERNELS_GEMM_H_
#define PARETOSCOPE_KERNELS_GEMM_H_

#include <cstdint>
#include <memory>
#include <vector>

namespace paretoscope::kernels {

// Neighbouring terms of a sum: `length` values from `offset` on of segment `segment` of a row.
struct Piece {
  int64_t segment;
  int64_t offset;
  int64_t length;
};

// Up to 12 rows times one panel of packed columns.
struct RowTile {
  // Segment s of row r begins at rows[s * rowStep + r].
  const float* const* rows;
  int64_t rowStep;
  const Piece* pieces;
  int64_t pieceCount;
  // Of each term the values of all columns; `panelStep` floats lie between two terms.
  const float* panel;
  int64_t panelStep;
  // Row r of the result begins at to[r] + column; only `width` columns exist.
  float* const* to;
  int64_t column;
  int64_t width;
  // Whether the result is set; else it is added to.
  bool isFirst;
};

// Sums over places of x[place][offset + i] * panel[place][column], for up to 12 i and the columns of one panel.
struct PlaceTile {
  const float* const* rows;
  int64_t count;
  int64_t offset;
  const float* panel;
  // Floats between two places of the panel.
  int64_t panelStep;
  float* to;
  int64_t toStep;
  // Columns that exist, up to all of the panel's.
  int64_t width;
  bool isFirst;
};

struct ProductKernels {
  int64_t lanes;
  // Vectors of the widest panel, and by the vectors of a panel the rows of the highest tile.
  int64_t mostVectors;
  int64_t mostRows[5];
  void (*multiplyRows)(const RowTile& tile, int64_t rows, int64_t vectors);
  void (*sumPlaces)(const PlaceTile& tile, int64_t rows, int64_t vectors);
  // to[column * toStep + row] = from[row * fromStep + column] for up to `lanes` rows; the rest of the lanes gets zeros.
  void (*transpose)(const float* from, int64_t fromStep, int64_t rows, int64_t columns, float* to, int64_t toStep);
  // to[i] = sum over `sums` of partial[sum * step + i], in float64; whole vectors of `partial` are read.
  void (*sumPartial)(const float* partial, int64_t step, int64_t sums, float* to, int64_t count);
};

// Floats that are not set to zero first, kept by a thread from block to block.
class Scratch {
 public:
  float* Get(int64_t count) {
    if (count > size_) {
      values_.reset(new float[count]);
      size_ = count;
    }
    return values_.get();
  }

 private:
  std::unique_ptr<float[]> values_;
  int64_t size_ = 0;
};

// Where the rows of some places lie: segment s of place i at rows[s * count + i].
struct PlaceTable {
  int64_t count = 0;
  std::vector<const float*> rows;
  // Where the result of place i goes; unused by SumOverPlaces.
  std::vector<float*> to;
  // For segments that are put together.
  Scratch copies;
};

// The left factor: `count` places, each with a row of `segments` segments of `length` values.
class Places {
 public:
  int64_t count = 0;
  int64_t segments = 1;
  int64_t length = 0;
  int64_t terms() const { return segments * length; }
  // Fills the table (already of the right size) with segments firstSegment..endSegment - 1 of places begin..end - 1.
  virtual void Fill(int64_t begin, int64_t end, int64_t firstSegment, int64_t endSegment, PlaceTable& table) const = 0;

 protected:
  ~Places() = default;
};

// The right factor: term t of block b in column c is blocks[b][t * rowStep + c * columnStep].
struct Columns {
  std::vector<const float*> blocks;
  // Terms of a block.
  int64_t depth;
  int64_t rowStep;
  int64_t columnStep;
  int64_t count;
};

// Rows of all places times all columns, written where the places say. Sums run in float32 over at most 512 terms at a
// time.
void MultiplyRows(const Places& places, const Columns& columns);

// to[segment * length + i][column] = sum over places of place[segment][i] * columns[place][column]: float32 within
// 128 places and up to 16 such sums, float64 over those. `columns` has one block.
void SumOverPlaces(const Places& places, const Columns& columns, float* to);

// The same for one of many small products, in the calling thread: of the rows of places begin..end - 1, or of values
// begin..end - 1 of the only segment, to [end - begin, columns] and summed in float32.
void MultiplyRowsAlone(const Places& places, const Columns& columns, int64_t begin, int64_t end);
void SumPlacesAlone(const Places& places, const Columns& columns, int64_t begin, int64_t end, float* to);

// Registers LabMatMul.
void RegisterMatMul();

}  // namespace paretoscope::kernels

#endif  // PARETOSCOPE_KERNELS_GEMM_H_
