const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻';
const subscripts = '₀₁₂₃₄₅₆₇₈₉₊₋';
const plain = '0123456789+-';
const greek: Readonly<Record<string, string>> = {
  ...{α: 'alpha', β: 'beta', γ: 'gamma', δ: 'delta', ε: 'epsilon', ζ: 'zeta', η: 'eta', θ: 'theta'},
  ...{ι: 'iota', κ: 'kappa', λ: 'lambda', μ: 'mu', ν: 'nu', ξ: 'xi', π: 'pi', ρ: 'rho', σ: 'sigma'},
  ...{τ: 'tau', φ: 'phi', χ: 'chi', ψ: 'psi', ω: 'omega', Γ: 'Gamma', Δ: 'Delta', Θ: 'Theta'},
  ...{Λ: 'Lambda', Π: 'Pi', Σ: 'Sigma', Φ: 'Phi', Ψ: 'Psi', Ω: 'Omega'},
};
const signs: Readonly<Record<string, string>> = {
  ...{'×': 'times', '⋅': 'cdot', '·': 'cdot', '∙': 'cdot', '÷': 'div', '±': 'pm', '∓': 'mp', '≤': 'le'},
  ...{'⩽': 'le', '≥': 'ge', '⩾': 'ge', '≠': 'ne', '≈': 'approx', '≡': 'equiv', '∞': 'infty', '∪': 'cup'},
  ...{'∩': 'cap', '∈': 'in', '∉': 'notin', '∅': 'emptyset', '→': 'to', '∠': 'angle', '√': 'sqrt'},
};
const commands: Readonly<Record<string, string>> = {...greek, ...signs};
const punctuation: Readonly<Record<string, string>> = {
  ...{'。': '.', '、': ',', '“': '"', '”': '"', '‘': "'", '’': "'", '′': "'", '⁄': '/', '∕': '/'},
  // Every dash and minus; spaces, of which the thin ones group thousands as any space does.
  ...{'−': '-', '–': '-', '—': '-', '‐': '-', '‑': '-', '﹣': '-'},
  ...{'\u00a0': ' ', '\u2009': ' ', '\u202f': ' ', '\u2007': ' ', '\u3000': ' ', '\u200b': '', '\ufeff': ''},
  ...{'°': '', '€': '', '£': '', '¥': '', '【': '[', '】': ']', '〖': '[', '〗': ']'},
};
const special = new RegExp(
  `[${superscripts}]+|[${subscripts}]+|[¼-¾⅐-⅞]|[！-～]|[${Object.keys({...commands, ...punctuation}).join('')}]`,
  'gu',
);

/**
 * Writes signs of Unicode as LaTeX and ASCII have them: `½` as `\frac{1}{2}`, `π` as `\pi`, `x²` as `x^{2}`, `≤` as
 * `\le`, fullwidth digits, dashes and spaces as plain ones. Signs of degrees and currencies are left out.
 */
export function withoutUnicode(text: string): string {
  return text.replace(special, written).replace(/\\sqrt (\w)/g, '\\sqrt{$1}');
}

function written(found: string): string {
  if (superscripts.includes(found[0]!)) {
    return `^{${digitsOf(found, superscripts)}}`;
  }

  if (subscripts.includes(found[0]!)) {
    return `_{${digitsOf(found, subscripts)}}`;
  }

  // Compatibility forms: ½ is 1⁄2, and Ａ is A.
  const decomposed = found.normalize('NFKC');
  const [above, below] = decomposed.split('⁄');
  const command = commands[found];
  return below
    ? `\\frac{${above}}{${below}}`
    : command
      ? `\\${command} `
      : (punctuation[found] ?? decomposed);
}

function digitsOf(found: string, signs: string): string {
  return [...found].map(sign => plain[signs.indexOf(sign)]).join('');
}
