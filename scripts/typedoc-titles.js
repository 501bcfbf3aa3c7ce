// Names the guides in the site by their headings rather than their files.
import {Converter, ReflectionKind} from 'typedoc';

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({project}) => {
    for (const guide of project.getReflectionsByKind(ReflectionKind.Document)) {
      const start = guide.content.map(({text}) => text).join('');
      guide.name = /^# (.+)$/mu.exec(start)?.[1] ?? guide.name;
    }
  });
}
