/** The Yosys that was used. */
export interface ToolIdentity {
  readonly name: 'Yosys';
  readonly version: string;
  readonly build: 'native' | 'WebAssembly';
  /** Package of the WebAssembly build. */
  readonly package?: string;
}

/** A tool as reports name it. */
export function toolText({ name, version, build, package: release }: ToolIdentity): string {
  return `${name} ${version} (${build === 'native' ? 'native' : `WebAssembly, ${release}`})`;
}
