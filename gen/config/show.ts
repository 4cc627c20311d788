/** A value given for a parameter, as messages show it. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : value.map(String).join(',');
  return typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? String(value));
}
