/** The classes of a list whose rows stand in one box. */
export const LIST_BOX = 'divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface shadow-low'
