// Threads for our own kernels.
#ifndef PARETOSCOPE_KERNELS_PARALLEL_H_
#define PARETOSCOPE_KERNELS_PARALLEL_H_

#include <cstdint>

namespace paretoscope::kernels {

// How many threads ParallelBlocks may use, the calling one included. Once a process, before the first kernel runs.
void SetKernelThreads(int threads);

using BlockFunction = void (*)(void* context, int64_t block);
void RunBlocks(int64_t blocks, BlockFunction function, void* context);

// Calls f(block) for every block in 0..blocks - 1, in no certain order and on several threads, and returns when all are
// done. Each thread starts with an equal run of the blocks and then helps the others. Blocks must be chosen by the
// sizes of the problem alone, and a sum over several blocks must be kept by block and added up in order: then the
// result does not depend on the number of threads. When another kernel holds the threads, the caller does everything
// itself, as inside of a block. What f throws is thrown here, when all threads have stopped. Denormal numbers are flushed to zero meanwhile, as TensorFlow's own threads do.
template <typename F>
void ParallelBlocks(int64_t blocks, F&& f) {
  RunBlocks(blocks, [](void* context, int64_t block) { (*static_cast<F*>(context))(block); }, &f);
}

// A run of `count` items cut into equal blocks.
struct Blocks {
  int64_t count;
  int64_t size;
  int64_t blocks;
  int64_t begin(int64_t block) const { return block * size; }
  int64_t end(int64_t block) const { return block * size + size < count ? block * size + size : count; }
};

// Blocks of about `workPerBlock` units of work each (about 32 K floats touched is a good grain), at most `most`; an
// item costs `workPerItem`.
inline Blocks CutBlocks(int64_t count, int64_t workPerItem, int64_t workPerBlock, int64_t most) {
  if (count <= 0) return {0, 1, 0};
  int64_t size = workPerBlock / (workPerItem > 0 ? workPerItem : 1);
  if (size < 1) size = 1;
  if (count > size * most) size = (count + most - 1) / most;
  return {count, size, (count + size - 1) / size};
}

constexpr int64_t kBlockWork = 32768;

}  // namespace paretoscope::kernels

#endif  // PARETOSCOPE_KERNELS_PARALLEL_H_
