/** Text on one line that cannot steer a terminal or change the direction of what follows. */
export const printable = (text: string): string => text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
