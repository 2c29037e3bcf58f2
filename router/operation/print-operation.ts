import {
  type ArgumentNode,
  type DirectiveNode,
  type FieldNode,
  Kind,
  type TypeNode,
  type ValueNode,
  type VariableDefinitionNode,
} from 'graphql'

/** The declaration of a variable as compact text. Texts are of this form: graphql-js's `print` takes five times as long. */
export function writeVariable(declaration: VariableDefinitionNode): string {
  const { variable, type, defaultValue, directives } = declaration
  const start = `$${variable.name.value}:${writeType(type)}`
  return `${start}${defaultValue ? `=${writeValue(defaultValue)}` : ''}${writeDirectives(directives)}`
}

/** Name and arguments of a field. */
export function writeCall({ name, arguments: args }: FieldNode): string {
  return args && args.length > 0 ? name.value + writeArguments(args) : name.value
}

function writeArguments(args: readonly ArgumentNode[] = []): string {
  return args.length > 0 ? `(${args.map(writeArgument).join(',')})` : ''
}

export function writeArgument({ name, value }: ArgumentNode): string {
  return `${name.value}:${writeValue(value)}`
}

function writeDirectives(directives: readonly DirectiveNode[] = []): string {
  return directives.length > 0 ? directives.map(writeDirective).join('') : ''
}

export function writeDirective({ name, arguments: args }: DirectiveNode): string {
  return `@${name.value}${writeArguments(args)}`
}

function writeType(type: TypeNode): string {
  if (type.kind === Kind.NAMED_TYPE) return type.name.value
  return type.kind === Kind.LIST_TYPE ? `[${writeType(type.type)}]` : `${writeType(type.type)}!`
}

function writeValue(value: ValueNode): string {
  switch (value.kind) {
    case Kind.VARIABLE:
      return `$${value.name.value}`
    case Kind.NULL:
      return 'null'
    // JSON's escapes are valid in GraphQL strings.
    case Kind.STRING:
      return JSON.stringify(value.value)
    case Kind.LIST:
      return `[${value.values.map(writeValue).join(',')}]`
    case Kind.OBJECT:
      return `{${value.fields.map((field) => `${field.name.value}:${writeValue(field.value)}`).join(',')}}`
    default:
      return String(value.value)
  }
}
