import type { Manifest } from '../../../gen/design/manifest.js';
import {
  type Check,
  filesOf,
  hasPort,
  instance,
  moduleNamed,
  outcomePorts,
  type Property,
  portBits,
} from '../check.js';
import { operandsOf } from './operands.js';

const PRODUCT: Property = {
  name: 'product',
  statement: 'the term, complemented where it says so, is the product of the values of both codes',
};

/** Lanes that multiply within a cycle, of PEs with several of them and of dot-product units. */
export function laneChecks(manifest: Manifest): Check[] {
  const module = moduleNamed(manifest, 'lane');
  const { configuration, blocks } = manifest;
  if (module === undefined || configuration.pe === 'float' || blocks !== null || hasPort(module, 'clk_i')) return [];
  const [a, w] = [operandsOf(manifest, 'a'), operandsOf(manifest, 'w')];
  const bits = portBits(module, 'term_o');
  const isSigned = hasPort(module, 'negative_o');
  const properties = [PRODUCT];
  return [
    {
      module: module.name,
      files: filesOf(manifest, module),
      others: [...new Set([...a.files, ...w.files])],
      properties,
      harness: () => `module properties (
${[...a.ports(1), ...w.ports(1)].join(',\n')},
${outcomePorts(properties)}
);
${a.functions}
${w.functions}
  wire [${a.bits - 1}:0] a_operand;
  wire [${w.bits - 1}:0] w_operand;
${a.lanes(1)}
${w.lanes(1)}

  wire [${bits - 1}:0] term_o;
${isSigned ? '  wire negative_o;' : "  wire negative_o = 1'b0;"}
${instance(module, { a_i: 'a_operand', w_i: 'w_operand' })}

  // Two bits more than either has.
  wire signed [${bits + 1}:0] product = a_value_0 * w_value_0;
  wire signed [${bits + 1}:0] magnitude = {2'd0, negative_o ? ~term_o : term_o};
  wire signed [${bits + 1}:0] got = negative_o ? -magnitude : magnitude;

  assign cover_product = product != 0${isSigned ? ' & negative_o' : ''};
  assign bad_product = got != product;
endmodule
`,
    },
  ];
}
