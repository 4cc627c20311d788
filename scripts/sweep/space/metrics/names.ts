/** A name with which expressions name a network: `BERT-MNLI` is `BERT_MNLI`. */
export const nameInExpressions = (name: string): string => name.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, '_');
