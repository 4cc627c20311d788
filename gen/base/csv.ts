/** A field as CSV wants it (RFC 4180). */
const field = (value: unknown): string => {
  const text = String(value ?? '');
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Lines of fields as CSV; what is not there is empty. */
export const csvText = (lines: readonly (readonly unknown[])[]): string =>
  `${lines.map((line) => line.map(field).join(',')).join('\r\n')}\r\n`;
