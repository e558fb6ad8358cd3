/** How a person is cut out of its picture. */
export interface KeypointsTransform {
  readonly task: 'keypoints';
}
