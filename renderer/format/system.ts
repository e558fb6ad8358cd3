const titles: Readonly<Record<string, string>> = {
  'hr-nas': 'HR-NAS',
  'lite-hrnet': 'Lite-HRNet',
  dpc: 'DPC',
  'da-nas': 'DA-NAS',
  'vit-resnas': 'ViT-ResNAS',
  spvnas: 'SPVNAS',
};

/** The name of a system as its paper writes it. */
export function titleOfSystem(id: string): string {
  return titles[id] ?? id;
}
