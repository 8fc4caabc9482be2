/** The element that holds what lies above the page. It is inside the main landmark, so that nothing is outside of all of them. */
export const LAYERS_ID = 'layers'
