/** What a report has in its head to be known by. */
export const generatorTag = '<meta name="generator" content="implicit-prm report">';
