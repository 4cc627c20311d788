/** A value given for a parameter, as messages show it. */
export function show(value: unknown): string {
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string'))
    return value.length === 0 ? 'an empty list' : value.join(',');
  return typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? String(value));
}
