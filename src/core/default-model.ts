/** Name of the shipped model that commands use where none is named, and from which training starts. */
export const defaultModel = 'photos';
