import type { Handler } from "./passkeyPolicy/handler.js";

/** A handler whose modules are loaded when it is first called: most programs have no resource of its kind. */
export function later<Inputs, State>(load: () => Handler<Inputs, State>): Handler<Inputs, State> {
  let loaded: Handler<Inputs, State> | undefined;
  const handler = () => (loaded ??= load());
  return {
    configure: (request) => handler().configure(request),
    check: (olds, news) => handler().check(olds, news),
    diff: (id, olds, news) => handler().diff(id, olds, news),
    create: (inputs) => handler().create(inputs),
    read: (id, props) => handler().read(id, props),
    update: (id, olds, news) => handler().update(id, olds, news),
    delete: (id, props) => handler().delete(id, props),
  };
}
