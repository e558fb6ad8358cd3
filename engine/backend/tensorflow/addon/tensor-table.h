#ifndef PARETOSCOPE_TENSOR_TABLE_H_
#define PARETOSCOPE_TENSOR_TABLE_H_

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "handles.h"

namespace paretoscope {

// The tensors of an environment by id. An id holds the number of a slot and how often that slot has been used, so that
// the use of a deleted tensor is noticed (a value of an id comes again only after 2^18 other tensors were deleted). Ids
// are below 2^28.
class TensorTable {
 public:
  TensorTable() = default;
  ~TensorTable();
  TensorTable(const TensorTable&) = delete;
  TensorTable& operator=(const TensorTable&) = delete;

  int32_t Add(OwnedHandle handle);
  // All of them, or none when there is no room for all.
  std::vector<int32_t> AddAll(std::vector<OwnedHandle> handles, const char* user);
  // The table keeps the handle. `user` is the function that asks, for the message of the Failure.
  TFE_TensorHandle* Get(int32_t id, const char* user) const;
  void Delete(int32_t id, const char* user);
  // Another handle under the same id; the earlier one is the caller's.
  OwnedHandle Exchange(int32_t id, OwnedHandle handle, const char* user);
  size_t count() const { return count_; }

 private:
  struct Slot {
    TFE_TensorHandle* handle = nullptr;
    uint32_t generation = 0;
  };

  const Slot* Find(int32_t id) const;
  uint32_t FreeSlot();

  std::vector<Slot> slots_;
  std::deque<uint32_t> free_;
  size_t count_ = 0;
};

// 'float32', 'int32' …
const char* TypeName(TF_DataType type);

// Such as 'float32[2, 3]'; `?` stands for a size that is not known.
std::string Describe(TF_DataType type, const std::vector<int64_t>& shape);
std::string Describe(TFE_TensorHandle* handle);
// The first few, comma separated, and how many more there are.
std::string Describe(const std::vector<TFE_TensorHandle*>& handles);

std::vector<int64_t> ShapeOf(TFE_TensorHandle* handle);

}  // namespace paretoscope

#endif  // PARETOSCOPE_TENSOR_TABLE_H_
