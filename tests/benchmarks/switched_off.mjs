// Whether fhirpath.js, too, finds an item switched off by its enableWhenExpression in a response.
//   node switched_off.mjs FOLDER < CASES      FOLDER/node_modules holds fhirpath; a case is a line: form<TAB>response<TAB>linkId
// Prints one line a case: off | on | the error.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(path.join(path.resolve(process.argv[2]), 'package.json'));
const fhirpath = require('fhirpath');
const r4 = require('fhirpath/fhir-context/r4');
const ENABLE = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression';

const read = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));
const find = (items, linkId) =>
  (items ?? []).map((item) => (item.linkId === linkId ? item : find(item.item, linkId))).find(Boolean);

for (const line of fs.readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  const [form, response, linkId] = line.split('\t');
  const resource = read(response);
  const item = find(read(form).item, linkId);
  const expression = item?.extension?.find((one) => one.url === ENABLE)?.valueExpression?.expression;
  try {
    const found = fhirpath.evaluate(resource, expression, { resource, questionnaire: read(form) }, r4);
    console.log(found.length === 0 || found[0] === false ? 'off' : 'on');
  } catch (error) {
    console.log(String(error.message ?? error).replace(/\s+/g, ' '));
  }
}
