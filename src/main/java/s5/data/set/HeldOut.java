package s5.data.set;

import s5.config.Key;

/**
 * The own keys of a set that comes without a validation split.
 *
 * @param validation the share of the training samples to validate on, in [0, 1)
 */
record HeldOut(@Key(value = Keys.VALIDATION, unset = "0.1") double validation) {
    /**
     * @throws s5.UserError when the share is out of range
     */
    HeldOut {
        Keys.checkValidation(validation);
    }
}
