import {element} from './element.js';

const key = 'implicit-prm-theme';

type Theme = 'light' | 'dark';

/** Makes the button that changes between light and dark. Until it is used the system's choice counts. */
export function themeButton(): HTMLButtonElement {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const shown = (): Theme => chosen() ?? (system.matches ? 'dark' : 'light');
  const button = element('button', {type: 'button', class: 'theme'});
  const update = () => {
    const other = shown() === 'dark' ? 'light' : 'dark';
    button.textContent = other === 'dark' ? 'Dark' : 'Light';
    button.title = `Change to the ${other} theme`;
    document.documentElement.dataset.theme = chosen() ?? '';
  };
  button.addEventListener('click', () => {
    choose(shown() === 'dark' ? 'light' : 'dark');
    update();
  });
  system.addEventListener('change', update);
  update();
  return button;
}

let current: Theme | undefined;

function chosen(): Theme | undefined {
  try {
    const stored = localStorage.getItem(key);
    return current ?? (stored === 'light' || stored === 'dark' ? stored : undefined);
  } catch {
    // A browser may keep nothing for files.
    return current;
  }
}

function choose(theme: Theme): void {
  current = theme;
  try {
    localStorage.setItem(key, theme);
  } catch {}
}
