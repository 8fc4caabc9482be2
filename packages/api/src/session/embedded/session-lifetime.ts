const DAY_MS = 86_400_000

/** A session that is not used ends after this. Each use moves the end. */
export const IDLE_LIFETIME_MS = 30 * DAY_MS

/** A session ends after this, however much it is used. Its token and cookie say the same, so that they need no renewal. */
export const ABSOLUTE_LIFETIME_MS = 180 * DAY_MS

/** "Last seen" is written at most this often: a request costs one read and almost never a write. */
export const TOUCH_INTERVAL_MS = 5 * 60_000
