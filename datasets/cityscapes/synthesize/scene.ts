import type { Point } from '../rasterize.ts';
import type { Camera } from './camera.ts';

export type Rgb = readonly [number, number, number];

/** How a surface looks; lengths in metres on the surface. */
export type Texture =
  'plain' | 'asphalt' | 'tiles' | 'windows' | 'bars' | 'leaves' | 'grass' | 'band' | 'car' | 'figure' | 'lamp' | 'spokes' | 'sky';

/** The plane that gives a pixel its place in the world: its metres across or along, its height and its depth. */
export type Plane =
  | { readonly kind: 'ground' }
  /** Faces the camera at depth z; `x` is where the body stands. */
  | { readonly kind: 'front'; readonly x: number; readonly z: number }
  /** Runs along the street at distance x. */
  | { readonly kind: 'side'; readonly x: number; readonly near: number; readonly far: number }
  | { readonly kind: 'sky' };

export interface Surface {
  readonly plane: Plane;
  readonly texture: Texture;
  readonly color: Rgb;
  readonly accent: Rgb;
  /** Height of the body in metres: textures put windows, heads and wheels by it. */
  readonly size: number;
  /** Makes equal textures differ. */
  readonly salt: number;
}

/** One polygon of the scene in painting order, with its looks. */
export interface SceneObject {
  readonly label: string;
  readonly polygon: readonly Point[];
  readonly deleted?: number;
  readonly surface: Surface;
}

/** Light and weather of a scene. */
export interface Light {
  /** Factor on all colours. */
  readonly brightness: number;
  readonly tint: Rgb;
  /** Metres at which half of a colour is fog. */
  readonly fogM: number;
  readonly fogColor: Rgb;
  /** The ground beyond this distance to the right lies in shadow; infinite for none. */
  readonly shadowX: number;
  readonly shadowSide: 1 | -1;
  /** Standard deviation of the noise, 0..255. */
  readonly noise: number;
  /** Horizontal motion blur, px to either side. */
  readonly blurPx: number;
}

export interface Scene {
  readonly camera: Camera;
  readonly light: Light;
  readonly objects: readonly SceneObject[];
}
