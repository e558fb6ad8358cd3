/** What a device is called by its maker: TensorFlow only numbers them. */
import { spawnSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import type { ProbedDevice } from './probe.ts';

/** Of TensorFlow's devices; '/job:localhost/replica:0/task:0/device:GPU:0' becomes 'NVIDIA H100' where the driver's tool is there. */
export function namedDevices(devices: readonly ProbedDevice[], nvidia: () => string | undefined = queryNvidia): readonly ProbedDevice[] {
  return devices.map((device) => {
    if (device.type === 'CPU') return { ...device, name: cpus()[0]?.model.trim() || 'processor', memoryBytes: totalmem() };
    const number = Number(/GPU:(\d+)$/.exec(device.name)?.[1] ?? 0);
    return { ...device, name: visibleName(nvidia() ?? '', number, process.env['CUDA_VISIBLE_DEVICES']) ?? device.name };
  });
}

/** The driver counts all GPUs, TensorFlow those that CUDA_VISIBLE_DEVICES leaves, in its order. */
export function visibleName(listed: string, number: number, visible: string | undefined): string | undefined {
  const gpus = listed.split('\n').flatMap((line) => {
    const [, index = '', uuid = '', name = ''] = /^(\d+), (GPU-[\w-]+), (.+)$/.exec(line.trim()) ?? [];
    return name === '' ? [] : [{ index, uuid, name }];
  });
  if (visible === undefined || visible === '') return gpus[number]?.name;
  const wanted = visible.split(',')[number]?.trim();
  return gpus.find(({ index, uuid }) => wanted !== undefined && wanted !== '' && (index === wanted || uuid.startsWith(wanted)))?.name;
}

function queryNvidia(): string | undefined {
  const { status, stdout } = spawnSync('nvidia-smi', ['--query-gpu=index,uuid,name', '--format=csv,noheader'], {
    encoding: 'utf8',
    timeout: 10_000,
  });
  return status === 0 ? stdout : undefined;
}
