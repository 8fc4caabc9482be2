/**
 * A path of this site to return to after signing in; null for anything else. Only what starts with a single slash counts:
 * `//host` and `/\host` would lead to another site.
 */
export function toReturnPath(value: unknown): string | null {
  return typeof value === 'string' && /^\/(?![/\\])[^\u0000-\u001f\u007f]*$/u.test(value) && !/^\/sign-(?:in|up)\b/u.test(value)
    ? value
    : null
}
