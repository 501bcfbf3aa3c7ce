import path from 'node:path';
import ts from 'typescript';
import {packageRoot} from '../cli/cli-process.js';

/** Checks the types of some files in one go, with the options of the package. */
export function typeErrors(files: readonly string[]): string[] {
  const {config} = ts.readConfigFile(path.join(packageRoot, 'tsconfig.json'), ts.sys.readFile);
  const {options} = ts.convertCompilerOptionsFromJson(config.compilerOptions, packageRoot);
  return ts.getPreEmitDiagnostics(ts.createProgram([...files], options)).map(({file, start, messageText}) => {
    const line = file ? file.getLineAndCharacterOfPosition(start!).line + 1 : 0;
    return `${file && path.basename(file.fileName)}:${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}
