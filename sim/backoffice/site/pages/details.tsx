/** Step 1: name and phone, for oneself, for somebody else, or to look up what is linked. */
import type { Entered, FormName } from '../session.ts';
import { Field, type FormProps, ProblemList, Steps, Token } from './form-parts.tsx';
import { Layout, type PageProps } from './layout.tsx';

const texts = {
  zh: {
    register: {
      title: '办理升级：填写信息',
      lead: '请填写您在北京公交集团登记的姓名和手机号。',
      name: '姓名',
      phone: '手机号',
      phoneHint: '登记乘车码或交通卡时使用的 11 位手机号，验证码将发送到此号码',
    },
    proxy: {
      title: '为他人代办：填写被代办人信息',
      lead: '请填写被代办人的信息。须先征得其本人同意；验证码将发送到其手机，请向其索取后继续办理。本次办理将记录为代办。',
      name: '被代办人姓名',
      phone: '被代办人手机号',
      phoneHint: '被代办人登记乘车码或交通卡时使用的 11 位手机号，验证码将发送到此号码',
    },
    manage: {
      title: '查询或撤回：填写信息',
      lead: '验证手机号后，可以查看关联情况，或撤回同意、解除关联。',
      name: '姓名',
      phone: '手机号',
      phoneHint: '办理升级时使用的 11 位手机号，验证码将发送到此号码',
    },
    nameHint: '与登记时一致',
    send: '获取验证码',
  },
  en: {
    register: {
      title: 'Upgrade: your details',
      lead: 'Enter the name and phone number you registered with at Beijing Bus Group.',
      name: 'Name',
      phone: 'Phone number',
      phoneHint: 'The 11-digit number your ride code or card is registered with. The code is sent to it',
    },
    proxy: {
      title: 'For somebody else: their details',
      lead: 'Enter the details of the person you do this for. They must have agreed. The code is sent to their phone, and you can go on only when they tell it to you. It is recorded as done by proxy.',
      name: 'Name of that person',
      phone: 'Phone number of that person',
      phoneHint: 'The 11-digit number their ride code or card is registered with. The code is sent to it',
    },
    manage: {
      title: 'Look up or withdraw: your details',
      lead: 'Once your phone is verified you can see what is linked, or withdraw your consent and undo the link.',
      name: 'Name',
      phone: 'Phone number',
      phoneHint: 'The 11-digit number you upgraded with. The code is sent to it',
    },
    nameHint: 'As registered',
    send: 'Get a code',
  },
};

interface DetailsProps extends PageProps, FormProps {
  readonly form: FormName;
  readonly entered: Entered | undefined;
}

export function DetailsPage({ lang, form, entered, token, problems }: DetailsProps) {
  const say = texts[lang];
  const own = say[form];
  // The browser must not remember another person's details.
  const isProxy = form === 'proxy';
  return (
    <Layout lang={lang} title={own.title} hasProblems={problems.length > 0}>
      {form !== 'manage' && <Steps lang={lang} at={1} />}
      <ProblemList lang={lang} problems={problems} />
      <p>{own.lead}</p>
      <form method="post" action={`/${form}`} novalidate>
        <Token token={token} />
        <Field
          lang={lang}
          name="name"
          label={own.name}
          hint={say.nameHint}
          problems={problems}
          value={entered?.name ?? ''}
          type="text"
          autocomplete={isProxy ? 'off' : 'name'}
          maxLength={60}
        />
        <Field
          lang={lang}
          name="phone"
          label={own.phone}
          hint={own.phoneHint}
          problems={problems}
          value={entered?.phone ?? ''}
          type="tel"
          autocomplete={isProxy ? 'off' : 'tel-national'}
          maxLength={40}
        />
        <button type="submit">{say.send}</button>
      </form>
    </Layout>
  );
}
