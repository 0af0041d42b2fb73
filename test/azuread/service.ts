import type { sendUnaryData, ServerUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import { checkFields } from "./check.ts";
import { diffFields } from "./diff.ts";
import { failedRpc } from "./failure.ts";
import { Empty, messages, PluginInfo, Struct, type Message } from "./sdk.ts";
import { complete, inputsOf } from "./shape.ts";
import type { Graph, ResourceType, Values } from "./types.ts";
import { STAND_IN, UNKNOWN } from "./types.ts";

/** What the service is made of. */
export interface Parts {
  version: string;
  /** By token; loads the type. */
  resource(token: string): Promise<ResourceType | undefined>;
  lookup(token: string): Promise<((graph: Graph, args: Values) => Promise<Values>) | undefined>;
  /** Signs in with the configuration of the provider; its own values go before the environment's. */
  connect(config: Values): Promise<Graph>;
  /** Tells the user. */
  say(line: string): Promise<void>;
}

/** The plugin's side of the protocol; what is not here answers UNIMPLEMENTED by itself. */
export function serviceOf({ version, resource, lookup, connect, say }: Parts): UntypedServiceImplementation {
  let graph: Graph | undefined;
  const typeOf = async (urn: string): Promise<ResourceType> => {
    const token = urn.split("::")[2]!.split("$").at(-1)!;
    const type = await resource(token);
    if (type === undefined) throw new Error(`${token} is not in ${STAND_IN}; add it there or run with the real plugin`);
    return type;
  };
  const connected = (): Graph => {
    if (graph === undefined) throw new Error("the azuread provider's configuration is not known yet");
    return graph;
  };

  return {
    getPluginInfo: answer(async () => new PluginInfo().setVersion(version)),
    getSchema: answer(async () => new messages.GetSchemaResponse().setSchema("{}")),
    attach: answer(async () => new Empty()),
    cancel: answer(async () => new Empty()),
    checkConfig: answer(async (request) => new messages.CheckResponse().setInputs(request.getNews())),
    diffConfig: answer(async (request) => {
      const same = JSON.stringify(values(request.getOlds())) === JSON.stringify(values(request.getNews()));
      return new messages.DiffResponse().setChanges(same ? 1 : 2);
    }),

    configure: answer(async (request) => {
      await say(`azuread ${version}: this is ${STAND_IN}, not the real one; it leaves out that one's fixed waits`);
      const config = values(request.getArgs());
      if (!Object.values(config).includes(UNKNOWN)) graph = await connect(config);
      return new messages.ConfigureResponse().setSupportspreview(true);
    }),

    invoke: answer(async (request) => {
      const invoke = await lookup(request.getTok());
      if (invoke === undefined) throw new Error(`${request.getTok()} is not in ${STAND_IN}`);
      return new messages.InvokeResponse().setReturn(struct(await invoke(connected(), values(request.getArgs()))));
    }),

    check: answer(async (request) => {
      const type = await typeOf(request.getUrn());
      const inputs = values(request.getNews());
      const failures = [...checkFields(type.token, type.fields, inputs), ...(type.check?.(inputs) ?? [])];
      return new messages.CheckResponse()
        .setInputs(struct(inputs))
        .setFailuresList(
          failures.map(({ property, reason }) => new messages.CheckFailure().setProperty(property).setReason(reason)),
        );
    }),

    diff: answer(async (request) => {
      const { fields } = await typeOf(request.getUrn());
      const changes = diffFields(fields, values(request.getOlds()), values(request.getNews()));
      const top = (path: string) => path.split(".")[0]!;
      const response = new messages.DiffResponse()
        .setChanges(changes.length === 0 ? 1 : 2)
        .setDiffsList([...new Set(changes.map(({ path }) => top(path)))])
        .setReplacesList([...new Set(changes.filter(({ replaces }) => replaces).map(({ path }) => top(path)))])
        .setHasdetaileddiff(true);
      for (const { path, kind, replaces } of changes) {
        const code = messages.PropertyDiff.Kind[replaces ? `${kind}_REPLACE` : kind];
        response.getDetaileddiffMap().set(path, new messages.PropertyDiff().setKind(code));
      }
      return response;
    }),

    create: answer(async (request) => {
      const type = await typeOf(request.getUrn());
      const inputs = values(request.getProperties());
      const response = new messages.CreateResponse();
      if (request.getPreview()) return response.setProperties(struct(planned(type, inputs, undefined)));
      const { id, outputs } = await type.create(connected(), inputs);
      return response.setId(id).setProperties(struct(outputs));
    }),

    read: answer(async (request) => {
      const type = await typeOf(request.getUrn());
      const response = new messages.ReadResponse();
      const found = await type.read(connected(), request.getId(), values(request.getProperties()));
      if (found === undefined) return response;
      const inputs = request.getInputs() === undefined ? undefined : values(request.getInputs());
      return response
        .setId(found.id)
        .setProperties(struct(found.outputs))
        .setInputs(struct(inputsOf(type.fields, found.outputs, inputs)));
    }),

    update: answer(async (request) => {
      const type = await typeOf(request.getUrn());
      const before = values(request.getOlds());
      const inputs = values(request.getNews());
      const response = new messages.UpdateResponse();
      if (request.getPreview()) return response.setProperties(struct(planned(type, inputs, before)));
      const { outputs } = await type.update(connected(), request.getId(), before, inputs);
      return response.setProperties(struct(outputs));
    }),

    delete: answer(async (request) => {
      const type = await typeOf(request.getUrn());
      await type.delete(connected(), request.getId());
      return new Empty();
    }),
  };
}

/** The outputs that are expected: computed ones are unknown before there is a resource. */
function planned({ fields, outputs }: ResourceType, inputs: Values, before: Values | undefined): Values {
  const others = Object.fromEntries(outputs.map((name) => [name, before === undefined ? UNKNOWN : before[name]]));
  return { ...others, ...complete(fields, inputs, before) };
}

function values(message: Message): Values {
  return (message?.toJavaScript() ?? {}) as Values;
}

/** Undefined has no place in a message. */
function struct(value: Values): Message {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(value)) as object);
}

function answer(work: (request: Message) => Promise<Message>) {
  return (call: ServerUnaryCall<Message, Message>, reply: sendUnaryData<Message>): void => {
    work(call.request).then(
      (response) => reply(null, response),
      (error: Error) => reply(failedRpc(error)),
    );
  };
}
