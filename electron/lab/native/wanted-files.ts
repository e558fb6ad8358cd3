/** Of a wheel's tens of thousands of files only the libraries, their licences and the headers of the C API are kept. */
import { libraryNames } from '../../../engine/backend/tensorflow/installed.ts';

/** What tensorflow/c includes, found with the compiler's -M for c_api.h, eager/c_api.h, kernels.h, ops.h and their experimental parts. */
const headers = [
  /^tensorflow\/include\/tensorflow\/c\/.*\.h$/,
  /^tensorflow\/include\/tensorflow\/core\/platform\/ctstring\w*\.h$/,
  /^tensorflow\/include\/tensorflow\/core\/common_runtime\/next_pluggable_device\/c\/\w+\.h$/,
  /^tensorflow\/include\/tsl\/platform\/(ctstring|ctstring_internal|platform)\.h$/,
  /^tensorflow\/include\/xla\/tsl\/c\/\w+\.h$/,
];

const licences = /(^|\/)(LICEN[CS]E|NOTICE|THIRD_PARTY_NOTICES|COPYING)[^/]*$/i;

/** Libraries of CUDA, and the assembler and device code that TensorFlow calls as programs and data. */
const cuda = [/^nvidia\/[^/]+\/lib\/[^/]+\.so[.\d]*$/, /^nvidia\/cuda_nvcc\/(bin|nvvm)\//];

export function isWantedFile(path: string, platform: NodeJS.Platform = process.platform): boolean {
  const libraries = libraryNames(platform) ?? [];
  if (libraries.some((name) => path === `tensorflow/${name}`)) return true;
  return licences.test(path) || headers.some((pattern) => pattern.test(path)) || cuda.some((pattern) => pattern.test(path));
}
